"""What the sample e-mails and their letters say, in the order in which they came in.

`{case:NAME}` stands for the reference of that case, `{loose:NAME}` for the same as people type it, and
`{told:NAME}` for the Message-ID of our acknowledgement: nobody knows these before the store gives them, so
whoever takes the files in puts them in (`tests/golden_mail.rs`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Mail:
    """An e-mail. `name` is its own, which others answer (`answers`) by; other Message-IDs stand there whole."""

    name: str
    case: str
    what: str
    sender: str
    subject: str
    text: str
    day: int  # of November 2026
    hour: int
    answers: tuple[str, ...] = ()
    kind: str = "mail"  # mail, copy, out-of-office, list, bounce
    to: str = "Customer Care <care@hartwell-finch.example>"
    same_as: str | None = None  # another route of that e-mail
    html: bool = False
    picture: bool = False  # a small picture in its signature


@dataclass
class Letter:
    """A letter on paper, as the lines of its one page."""

    name: str
    case: str
    what: str
    lines: tuple[str, ...]
    kind: str = "letter"


def letter(name: str, case: str, what: str, sender: tuple[str, ...], date: str, text: str, signed: str) -> Letter:
    to = ("Customer Care", "Hartwell & Finch Ltd", "PO Box 88", "Norwich NR99 1AA")
    lines = (*sender, "", date, "", *to, "", "Dear Sir or Madam,", *text.strip().splitlines(), "Yours faithfully,", signed)
    return Letter(name, case, what, lines)


LUCY = "Lucy Harris <lucy.harris@example.org>"
OMAR = "Omar Khan <omar.khan@example.com>"
OMAR_AT_WORK = "Khan, Omar <o.khan@northmill.example>"
MARGARET = "Margaret Ellis <margaret.ellis@example.net>"
MEERA = "Meera Patel <family@patels.example>"
ROHAN = "Rohan Singh <family@patels.example>"
TOM = "Tom Bright <tom@bright.example>"
GRACE = "Grace Owen <grace.owen@example.org>"
JACK = "jack.lowe@example.net"
BRANCH = "Hartwell & Finch Harrogate <harrogate@hartwell-finch.example>"
ELSIE = "Elsie Ward <elsie.wrad@example.com>"
IVY = "Ivy Chen <ivy.chen@example.org>"
PETE = "Pete Marsh <pete@marshes.example>"
NORA = "Nora Blake <nora.blake@example.com>"
DAUGHTER = "Helen Dunn-Price <helen@dunnprice.example>"

POST = (
    Mail("kettle-1", "kettle", "a complaint", LUCY, "Cordless kettle leaks", """
I bought one of your cordless kettles at the Harrogate branch on 2 October. After a week it leaked all over the
worktop, and your assistant would not take it back without the box.

I should like a refund, please.

Lucy Harris
""", 9, 8),
    letter("ellis-letter", "lamp-order", "a letter that prints an e-mail address", (
        "Mrs Margaret Ellis", "7 Station Road", "Skipton", "BD23 1RT", "margaret.ellis@example.net",
    ), "6 November 2026", """
I ordered a reading lamp from your catalogue on 12 October 2026, and you took the
money for two. There is only one lamp on my order, and only one was sent to me.
Please pay back the second charge to my card.
""", "Margaret Ellis"),
    Mail("parcel-1", "parcel", "a complaint by another customer", OMAR, "Where is my parcel?", """
Hello,

order 448-20193 was to be delivered last Tuesday. I waited in all day and nobody came. The tracking page says
that it was handed over, which is not true.

Omar Khan
""", 9, 10),
    Mail("kettle-2", "kettle", "an answer to our acknowledgement", LUCY, "Re: We have your e-mail: {case:kettle}", """
Thank you. I forgot to say that I still have the receipt.

Lucy

On 9 Nov 2026, at 08:20, Customer Care wrote:
> Thank you for your e-mail, which reached us on 9 November 2026. We have opened a case for it.
""", 9, 12, ("{told:kettle}",)),
    Mail("bill-1", "bill", "a family's address, the mother", MEERA, "Charged twice in October", """
Dear Hartwell & Finch,

my statement of 28 October shows two payments of 64.99 to you. I bought one coat. Please refund the other one.

Meera Patel
""", 10, 7),
    Mail("catalogue-1", "catalogue", "the same address, another person of the family", ROHAN, "Please stop the catalogue", """
Hi

I want to cancel the catalogue that you send me every month. I no longer need it.

Rohan
""", 10, 9),
    Mail("parcel-2", "parcel", "from another address, with our reference in the subject", OMAR_AT_WORK,
         "Your reference {case:parcel}", """
I am writing from work, for my own mail is down. The parcel was found at a neighbour's, opened, and the lamp in it
is broken.

Omar Khan
Northmill Engineering
""", 10, 11, picture=True),
    Mail("shears-1", "shears", "one of two matters of one customer", TOM, "Refund for hedge shears", """
I returned the hedge shears on 19 October and the shop in Ripon promised that I would be refunded within five days.
My card has not been credited. The receipt number is 0093-771.

T. Bright
""", 10, 14),
    Mail("newsletter", "newsletter", "a mailing list that somebody put us on", "The Garden Trade <news@garden-trade.example>",
         "This week: hedge shears compared", """
Ten pairs of hedge shears on the bench, and what our readers say of late parcels.

You get this because care@hartwell-finch.example is on our list.
""", 10, 16, kind="list"),
    Mail("parcel-3", "parcel", "an out-of-office answer to our acknowledgement", OMAR,
         "Automatic reply: We have your e-mail: {case:parcel}", """
I am away until 23 November and read no mail.
""", 10, 17, ("{told:parcel}",), kind="out-of-office"),
    Mail("bill-2", "bill", "a follow-up of the mother, without References", MEERA, "Re: Charged twice in October", """
The bank says that only you can return it.

Meera Patel
""", 11, 8),
    Mail("owen-1", "boots", "a complaint", GRACE, "Walking boots came apart on the second walk", """
The sole of the left boot parted company with the rest of it on my second walk. These cost 120 pounds.

Grace Owen
""", 11, 9, html=True),
    Mail("owen-1-copy", "boots", "the same message by another route", GRACE, "", "", 11, 9, kind="copy", same_as="owen-1"),
    Mail("ellis-2", "lamp-order", "an e-mail by the writer of a letter, whose address the letter printed", MARGARET,
         "Reading lamp", """
Further to my letter of 6 November: the second charge is still on my statement. Could you tell me when I will have
my money back?

Margaret Ellis
""", 11, 10),
    Mail("mower-1", "mower", "another matter of the same customer", TOM, "Mower not delivered", """
I ordered a lawn mower on 1 November for delivery on the 10th. It has not arrived and nobody has rung.

Tom Bright
""", 11, 13),
    Mail("chen-2", "toaster", "an answer that came before its question", IVY, "Re: Toaster burns everything", """
PS: it is the four-slice one, bought in York.

Ivy

> The toaster that I bought last month burns everything, whatever I set it to.
""", 11, 15, ("chen-1",)),
    Mail("chen-1", "toaster", "the question, held up on its way", IVY, "Toaster burns everything", """
The toaster that I bought last month burns everything, whatever I set it to. May I bring it back?

Ivy Chen
""", 11, 14),
    Mail("lowe-1", "desk", "a complaint", JACK, "Desk with three legs", """
You sent me a desk with three legs. It needs four.

Jack Lowe
""", 12, 8),
    Mail("ward-1", "curtains", "a complaint from a mistyped address", ELSIE, "Curtains of the wrong length", """
I ordered curtains of 182 cm, and those that came are 137 cm long. Please send the right ones.

Elsie Ward
""", 12, 9),
    Mail("marsh-1", "service", "a subject that says nothing", PETE, "Complaint", """
Your assistant in Leeds was rude to my wife and would not fetch the manager.

Pete Marsh
""", 12, 10),
    Mail("ward-bounce", "curtains", "our acknowledgement, returned", "Mail Delivery System <MAILER-DAEMON@mx1.hartwell-finch.example>",
         "Undelivered Mail Returned to Sender", """
This is the mail system at host mx1.hartwell-finch.example.

I'm sorry to have to inform you that your message could not be delivered to one or more recipients.

<elsie.wrad@example.com>: host mx.example.com said: 550 5.1.1 no such mailbox
""", 12, 10, ("{told:curtains}",), kind="bounce"),
    Mail("lowe-2", "desk", "forwarded by a shop of ours, our reference in what is forwarded", BRANCH, "Fwd: Re: We have your e-mail", """
Sent to us by mistake, yours I think. Sam, Harrogate

---------- Forwarded message ---------
From: Jack Lowe <jack.lowe@example.net>
Date: Thu, 12 Nov 2026 at 11:02
Subject: Re: We have your e-mail
To: <harrogate@hartwell-finch.example>

A fourth leg would do. I do not need a new desk.

> We have opened a case for it, {case:desk}, and one of our team will read it.
""", 12, 14),
    Mail("kettle-3", "kettle", "the same subject again, without References, from a telephone", LUCY, "RE: Cordless kettle leaks", """
And now it trips the fuse too.

Sent from my phone
""", 13, 7),
    Mail("catalogue-2", "catalogue", "the other person of the family again, without References", ROHAN, "Catalogue", """
I wrote on Tuesday and had no answer: another catalogue came today.

Rohan Singh
""", 13, 9),
    letter("dunn-letter", "scooter", "a letter without an e-mail address", (
        "Mr Arthur Dunn", "31 Mill Lane", "Otley", "LS21 3BX",
    ), "10 November 2026", """
The battery of the mobility scooter that I bought from your Leeds branch in June
no longer works. It stopped working outside the library and I had to be pushed home.
I should be grateful for a new battery.
""", "Arthur Dunn"),
    Mail("blake-1", "rug", "an enquiry", NORA, "Rug for a round table", """
Have you got a round rug of about two metres in green? What does it cost?

Nora Blake
""", 13, 11),
    Mail("shears-2", "shears", "the older of two open matters, by its subject", TOM, "Re: Refund for hedge shears", """
Nothing yet. It is over three weeks now.

T. Bright
""", 13, 13),
    Mail("mower-2", "mower", "the newer of two open matters, by what it is about", TOM, "Still no mower", """
The mower has still not arrived, and the delivery firm knows nothing of it.

Tom Bright
""", 13, 14),
    Mail("marsh-2", "service", "a follow-up under a subject that says nothing", PETE, "Complaint", """
I wrote yesterday and have not heard from you.

Pete Marsh
""", 13, 16),
    Mail("dunn-2", "scooter", "a daughter who writes for her father, with our reference as people type it", DAUGHTER,
         "My father's scooter", """
I am writing for my father, Arthur Dunn, who cannot get out. Your letter to him has the number {loose:scooter} on
it. Is there a date for the battery?

Helen Dunn-Price
""", 16, 8),
    Mail("lowe-3", "desk", "forwarded as a file would be, with References", BRANCH, "Fwd: Desk with three legs", """
The leg is in our stockroom, by the way.

-------- Original message --------
Subject: Desk with three legs
From: jack.lowe@example.net

You sent me a desk with three legs. It needs four.
""", 16, 9, ("lowe-1",)),
    Mail("owen-2", "boots", "an answer to her own message", GRACE, "Re: Walking boots came apart on the second walk", """
I have found the box as well: size 39, model Pennine.

Grace
""", 16, 10, ("owen-1",), html=True),
    letter("blake-letter", "rug", "a letter that quotes our reference", (
        "Ms Nora Blake", "4 Chapel Walk", "Ilkley", "LS29 8HU",
    ), "14 November 2026", """
Your reference: {case:rug}
I enclose a piece of the wool, so that you can see which green I mean. Have you got
a rug of that colour?
""", "Nora Blake"),
    Mail("bill-3", "bill", "the mother again, in answer to our acknowledgement", MEERA, "Re: We have your e-mail: {case:bill}", """
Is there any news?
""", 16, 12, ("{told:bill}",)),
    Mail("dunn-3", "scooter", "the daughter again, in answer to herself", DAUGHTER, "Re: My father's scooter", """
He has been indoors for a week now.
""", 17, 8, ("dunn-2",)),
    Mail("ellis-3", "lamp-order", "our reference in the text", MARGARET, "Thank you", """
The charge was paid back today. You may close {case:lamp-order}.

Margaret Ellis
""", 17, 9),
    Mail("chen-3", "toaster", "all of a thread in its References", IVY, "Re: Toaster burns everything", """
I brought it back today. Many thanks to the young man in York.
""", 17, 10, ("chen-1", "chen-2")),
    Mail("kettle-4", "kettle", "a new message that asks after an old one", LUCY, "No answer yet", """
I wrote to you more than a week ago about a kettle that leaks, and I am still waiting.

Lucy Harris
""", 18, 8),
    Mail("blake-2", "rug", "an answer to our acknowledgement", NORA, "AW: We have your e-mail: {case:rug}", """
Did my piece of wool reach you?
""", 18, 9, ("blake-1", "{told:rug}")),
    Mail("catalogue-3", "catalogue", "the family's address, the same subject as before", ROHAN, "Re: Please stop the catalogue", """
That is the third one. Rohan Singh
""", 18, 11),
)
