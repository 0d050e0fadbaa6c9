"""E-mail for `scripts/bench mail`: messages made up from a seed, and what is asked of them."""

import base64
import datetime
import itertools
import random
from email.utils import format_datetime

CUSTOMERS = 500
# Of a hundred messages so many answer an earlier one of the same customer, and so many bring a file.
ANSWERS, FILES = 45, 20
# Days over which they came.
DAYS = 300
LAST_DAY = datetime.datetime(2026, 11, 20, 18, tzinfo=datetime.timezone.utc)

FIRST_NAMES = ("Lucy", "Omar", "Margaret", "Tom", "Grace", "Jack", "Elsie", "Ivy", "Pete", "Nora", "Arthur", "Meera")
SURNAMES = ("Harris", "Khan", "Ellis", "Bright", "Owen", "Lowe", "Ward", "Chen", "Marsh", "Blake", "Dunn", "Patel", "Singh")
# What it is about, and what is said of it: the rules should have work to do.
MATTERS = (
    ("kettle", "The {thing} that I bought from you leaks, and I should like a refund."),
    ("toaster", "Your {thing} stopped working after a week. It was sold to me as new."),
    ("parcel", "My {thing} was not delivered. I waited in all day and nobody came."),
    ("bill", "I was charged twice on my {thing} of last month. Please return the second payment."),
    ("account", "Please send me a copy of all the personal data on my {thing}."),
    ("catalogue", "I want to cancel the {thing}. I no longer need it."),
    ("assistant", "The {thing} in your shop was rude to my wife and would not fetch the manager."),
    ("lamp", "Can you tell me whether you still sell the {thing} with the green shade?"),
)
COMMON = [thing for thing, _ in MATTERS]
PHRASES = ("leaks refund bought", "stopped working after a week", "charged twice last month", "waited in all day", "heard nothing from you")


def words_of(luck):
    """A vocabulary as languages have one: of n words the n-th is 1/n as frequent as the first."""
    beginnings, ends = "b br c d f g gr h k l m n p r s st t tr v w".split(), "a e i o u ai ee oo".split()
    syllables = [one + other for one, other in itertools.product(beginnings, ends)]
    vocabulary = sorted({"".join(luck.choice(syllables) for _ in range(luck.randrange(2, 5))) for _ in range(20_000)})
    luck.shuffle(vocabulary)
    return vocabulary, list(itertools.accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))


def write(path, count, seed):
    """An mbox file of `count` messages; those of two seeds answer only their own."""
    luck = random.Random(seed)
    vocabulary, weights = words_of(random.Random(1))
    threads = [[] for _ in range(CUSTOMERS)]
    with path.open("wb") as out:
        for number in range(count):
            customer = luck.randrange(CUSTOMERS)
            sent = LAST_DAY - datetime.timedelta(minutes=(count - number) * DAYS * 24 * 60 // count)
            body = " ".join(luck.choices(vocabulary, cum_weights=weights, k=luck.randrange(20, 220)))
            text = message(number, seed, customer, threads[customer], sent, body, luck)
            out.write(f"From someone {sent:%a %b %d %H:%M:%S %Y}\n".encode() + text.encode() + b"\n\n")


def message(number, seed, customer, thread, sent, body, luck):
    first, last = FIRST_NAMES[customer % len(FIRST_NAMES)], SURNAMES[customer % len(SURNAMES)]
    own = f"{seed}.{number}@customers.example"
    lines = [f"From: {first} {last} <customer{customer}@customers.example>", "To: care@hartwell-finch.example"]
    if thread and luck.randrange(100) < ANSWERS:
        subject, names = thread[luck.randrange(len(thread))]
        said = "I have heard nothing from you."
        lines += [f"Subject: Re: {subject}", f"In-Reply-To: <{names[-1]}>", "References: " + " ".join(f"<{name}>" for name in names[-5:])]
        names.append(own)
    else:
        thing, said = luck.choice(MATTERS)
        subject, said = f"{thing} {rare(seed, number)}", said.format(thing=thing)
        lines.append(f"Subject: {subject}")
        thread.append((subject, [own]))
    lines += [f"Date: {format_datetime(sent)}", f"Message-ID: <{own}>", "MIME-Version: 1.0"]
    text = f"{said}\n\n{body}\n\n{first} {last}"
    if luck.randrange(100) >= FILES:
        return "\n".join([*lines, "Content-Type: text/plain; charset=utf-8", "", text])
    file = base64.encodebytes(luck.randbytes(luck.randrange(2_000, 12_000))).decode()
    parts = ["--b", "Content-Type: text/plain; charset=utf-8", "", text, "--b", "Content-Type: application/octet-stream; name=notes.bin",
             "Content-Disposition: attachment; filename=notes.bin", "Content-Transfer-Encoding: base64", "", file, "--b--"]  # fmt: skip
    return "\n".join([*lines, "Content-Type: multipart/mixed; boundary=b", "", *parts])


def rare(seed, number):
    """An order's number: on one thread alone."""
    return f"hf{seed}x{number:06}"


def queries(count, seeds, a_seed, seed=7):
    """`count` queries, as many of each kind, as examples/search_costs reads them."""
    luck = random.Random(seed)
    vocabulary, _ = words_of(random.Random(1))
    lines = []
    for _ in range(count // 5):
        number = rare(luck.choice(seeds), luck.randrange(a_seed))
        word, second, often = luck.choice(vocabulary[2_000:]), luck.choice(vocabulary[:300]), luck.choice(COMMON)
        since = LAST_DAY.date() - datetime.timedelta(days=luck.randrange(5, DAYS))
        lines += [
            ["rare word", luck.choice([number, word])],
            ["common word", luck.choice([often, vocabulary[luck.randrange(20)]])],
            ["two words", f"{often} {second}"],
            ["a matter in its words", luck.choice(PHRASES)],
            ["with filters", second, "message", luck.choice(["goods", "delivery", ""]), since.isoformat(), luck.choice(["", "2026-11-19"])],
        ]  # fmt: skip
    return "".join("\t".join(line + [""] * (6 - len(line))) + "\n" for line in lines)


def customers(path, count, seed=3):
    """The company's list: some share a house, a telephone or a surname, as people do."""
    luck = random.Random(seed)
    with path.open("w") as out:
        out.write("name,street,town,postcode,email,phone,tier\n")
        for number in range(count):
            first, last = luck.choice(FIRST_NAMES), luck.choice(SURNAMES) + luck.choice(("", "son", "ley", "worth", "by", "man"))
            code = f"{luck.choice(('LS', 'BN', 'AB', 'EH', 'NE', 'SW'))}{luck.randrange(1, 30)} {luck.randrange(1, 10)}{luck.choice('ABDEFGH')}{luck.choice('JLNPQRS')}"
            house = f"{luck.randrange(1, 150)} {luck.choice(('High Street', 'Mill Lane', 'Church Road', 'Station Road'))}"
            phone = f"0{luck.randrange(1_100_000_000, 1_999_999_999)}" if luck.randrange(4) else ""
            email = f"{first}.{last}.{luck.randrange(count)}@people.example".lower() if luck.randrange(3) else ""
            out.write(f"{first} {last},{house},Leeds,{code},{email},{phone},{luck.choice(('', '', 'gold'))}\n")
