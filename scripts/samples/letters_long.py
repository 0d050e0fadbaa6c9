"""The letters of more than one page. All people, firms and numbers are invented."""

from .model import Letter, november, october

LETTERS = [
    Letter(
        key="armchair", name="Bernard Thistlethwaite", title="Mr", name_form="before",
        street="The Larches, 38 Cold Bath Crescent", town="Harrogate",
        county="North Yorkshire", postcode="HG1 2NW", email="b.thistlethwaite@example.co.uk",
        phone="01632 960733", date=october(28), topic="goods", salutation="Dear Sir or Madam",
        subject="Leather reclining armchair", reference="HF/46902/26",
        product="leather reclining armchair", shop="Harrogate", body="""
I write once more about the leather reclining armchair which I bought in your Harrogate shop on 16
May at a price of £1,195.00. I first complained of it in June. Since I have now had three visits
from three different men, each of whom told me something different, I think it best to set the
whole story down in order.

The chair was handsome when it came and I have no quarrel with the leather. The trouble has always
been the mechanism. For the first three weeks it tilted back as it should. In the second week of
June it began to stick halfway, so that one sat with one's feet in the air like a man at the
dentist's and had to be helped out by somebody else.

Your first man came on 30 June. He turned the chair over, oiled something, and said that it only
wanted "running in". It ran in for four days. On the fifth it stuck again, and this time the
footrest came down by itself in the middle of the night with a noise that woke the whole house.

The second visit was on 11 August. This man took off the back, found that a steel arm had been
bent, and was good enough to show it to me. He said that it had been bent before ever the chair was
covered, because the inside of the lining bore the mark of it. He promised that a new frame would
be ordered that afternoon. I asked for the promise in writing and was told that it would follow.

It did not follow. I telephoned on 25 August, on 8 September and on 15 September. On the last of
these occasions I was told that nothing had been ordered at all, and that the notes of the second
visit said "customer shown how to use chair". I can assure you that I know how to use a chair. I
have been sitting on them for some considerable time.

The third visit was on 6 October. This young man was civil but had brought the wrong tools, and
after an hour he was obliged to leave with two of the screws missing and the footrest tied up with
a length of my own garden string. It has been tied up ever since. The string, I may say, is the
only part of the chair which has worked without fault from the day it was fitted.

I have looked at the guarantee. It covers the frame and the mechanism for ten years, and it says
that where a fault cannot be put right "within a reasonable time or number of attempts" you will
replace the article or return what was paid for it. I hold that five months and three attempts are
more than reasonable.

I therefore ask that you do the following.

1. Collect the chair, at your own expense and on a day agreed with me beforehand.

2. Deliver a new chair of the same pattern and colour, tried and found to be working in the shop
before it is put on the van; or, if there is none to be had, return my £1,195.00.

3. Correct the note about the second visit, which is untrue, and which I resent.

I can be found at home on most mornings. I have kept a diary of every call and every visit, and I
will gladly copy it for you. I do not enjoy writing letters of this length, and I dare say that you
do not enjoy reading them. Let us hope that this is the last of them.
""", after=("Enc. Copy of guarantee",)),
    Letter(
        key="wardrobe", name="Constance Abernethy", title="Mrs", name_form="after",
        street="61 Copthorne Drive", town="SHREWSBURY", postcode="SY1 2PL",
        phone="07700 900481", date=november(8), date_form="ordinal", topic="delivery",
        salutation="Dear Sir or Madam", subject="Order H-240663: wardrobe still not delivered",
        order="H-240663", product="three-door wardrobe", body="""
On 22 August I ordered a three-door wardrobe, number H-240663, and paid for it in full, including
£45.00 for delivery to an upstairs room. I was promised it within six weeks. It is now eleven
weeks, and all that I have to show for my money is a folder of text messages.

Let me give you the dates, for I have had time enough to write them down. The first delivery was
booked for Friday 2 October. At half past four I was told that the lorry had broken down outside
Telford and that I should be given "priority" for the next one.

The next one was Thursday 8 October. My son drove over from Wrexham to help and waited with me all
day. At a quarter past six I had a message to say that my delivery had been completed. I looked out
of every window in the house. I even looked in the garage.

It turned out, after an hour and ten minutes on the telephone, that my wardrobe had been delivered
to a school in Oswestry. The school, to its credit, had already rung you to ask for it to be taken
away. You told me that it would be fetched on the Monday and brought to me on the Tuesday.

It was not. On Tuesday 13 October a different lorry came, with two polite young men in it and a
chest freezer. I signed nothing. They took the freezer away again, and I am told that somebody in
Ludlow was very pleased to see it.

I was next offered Saturday 24 October. On this occasion the lorry did come and the wardrobe was on
it, but the men had not been told about the stairs and there were only the two of them for three
flat boxes that need four hands each. They offered to leave the boxes on the front lawn. I declined.
It was raining at the time.

Since then I have been given 31 October and 5 November, and on neither day did anybody come or send
word. On the telephone I am always told that the matter has been "escalated". I should like to know
where it goes when that happens, and whether there is anybody there when it arrives.

I still want the wardrobe. I chose it with care, it fits the alcove, and I have nothing with which
to compare it. What I want from you is this: a delivery by three men on a day that you put in
writing, with a telephone number for the lorry itself and not for an office at the other end of the
country; and the return of the £45.00, since the service for which I paid it has yet to be
performed.

My clothes have been hanging on the back of a door since August. I should be grateful if I were
able to put them away before Christmas.
"""),
    Letter(
        key="instalments", name="Kwame Boateng-Price", title="Mr", name_form="before",
        street="207 Basingstoke Hill", town="Reading", postcode="RG2 0QX", town_form="split",
        email="k.boatengprice@example.com", phone="0118 496 0605", date=november(15),
        topic="billing", salutation="Dear Sir or Madam",
        subject="Instalments taken in error: order H-310475", order="H-310475",
        product="fridge freezer", reference="HF/48655/26", body="""
In March I bought a fridge freezer from you on the interest-free plan. The price was £540.00, to be
paid in six monthly instalments of £90.00, the first on 1 April and the last on 1 September. I have
the agreement in front of me, and those are the only sums in it.

My bank statements show that the following has in fact been taken under order H-310475.

| 1 April 2026 | First instalment | £90.00

| 1 May 2026 | Second instalment | £90.00

| 1 June 2026 | Third instalment | £90.00

| 15 June 2026 | Third instalment, again | £90.00

| 1 July 2026 | Fourth instalment | £90.00

| 3 August 2026 | Fifth instalment | £90.00

| 1 September 2026 | Sixth instalment | £90.00

| 1 October 2026 | Not due | £90.00

| 2 November 2026 | Not due | £90.00

That makes nine payments, and a total of £810.00. The agreement was for six payments and £540.00. I
have therefore been charged £270.00 too much, and unless something is done I have no doubt that
there will be a tenth payment on 1 December.

I noticed the extra payment in June and rang you on the 22nd of that month. I was told that it would
be "netted off" against the last instalment, so that I should pay nothing in September. In September
the full £90.00 was taken as usual. I rang again on the 9th, and this time was told that there was
no record of any extra payment, nor of my earlier call.

I then asked my bank to stop the arrangement. They did so on 14 September, but you set up a new one
of your own on 24 September, without a word to me, and it is under this new instruction that the
October and November payments have been drawn. My bank tells me that only you can say why.

I would ask you to be good enough to do these four things.

1. Return £270.00 to the account from which it was taken.

2. Cancel the instruction that you set up on 24 September, and tell me who authorised it.

3. Send me a statement which shows all nine payments and a balance of nil.

4. Pay the £16.50 that my bank charged me when the November payment took my account overdrawn.

I enclose copies of the agreement and of the bank statements for April to November, with the entries
marked. The freezer itself, I am happy to say, has been no trouble at all. It is a pity that the
same cannot be said of the paying for it.
""", after=("Enc. Agreement; bank statements (8)",)),
    Letter(
        key="upholstery", name="Edith Marchbanks", title="Miss", name_form="before",
        street="14 Lyncombe Steps", town="BATH", postcode="BA2 4QT", date=october(19),
        date_form="ordinal-comma", topic="praise", salutation="Dear Sir or Madam",
        product="window seat", shop="Bath", curly=False, body="""
I do not believe that I have ever before in my life written to a shop in order to praise it, so I
am not quite sure how it is done. I hope you will forgive the typewriter. It is older than most of
your staff.

In July I asked your Bath shop whether anybody there could still cover a window seat. My
grandmother had it made in 1911 and it has been sat upon by four generations and a number of dogs.
I had already been told by two other firms that it was not worth the doing.

Your upholsterer, a Mrs Quill, came out to the house to see it. She did not once look at her
watch. She told me who had woven the old cloth, and in which mill, and she sat with me for the
better part of an hour going through her pattern books until we found one that my grandmother
would have liked.

The work was promised for the end of September and it was finished a week early. The springs have
been tied afresh, every inch of it by hand, and the horsehair has been washed and put back. What
pleased me most was that she had found a child's farthing and a pressed violet down the back of
the frame, and had sewn them into a little pocket underneath, with a note to say so.

The two young men who carried it home wiped their feet without being asked. One of them played a
few bars upon my piano, and rather well.

I understand that there is talk of closing the workroom and sending such things away to be
done. I beg you not to. Anybody can sell a chair. It is a rare thing now to find a shop which knows
how one is made.

Please give Mrs Quill my warmest thanks, and please show this letter to whoever it is that decides
these matters.
"""),
    Letter(
        key="saucepan", name="Lorna McAllister", title="Mrs", name_form="after",
        street="20 Flookersbrook Lane", town="Chester", postcode="CH2 3JR",
        phone="07700 900027", date=november(3), topic="billing",
        salutation="Dear Sir or Madam", subject="Charged twice at the till",
        product="saucepan", shop="Chester", body="""
I enclose the receipt for some small things which I bought in your Chester shop on Saturday, the
last day of October. As you will see, I have been charged for two saucepans at £24.00 each. I
bought one.

The girl passed the saucepan over the glass, frowned, and passed it over again because the price
had not come up on the screen. It must have come up after all. I did not look at the slip until I
was on the bus.

I rang the shop on Monday and was told that nothing could be done without the receipt, and that I
should post it to you. Please return £24.00 to the card, the last figures of which are printed
near the bottom. I should like the receipt back as well, in case the saucepan turns out to be as
troublesome as the paying for it.
""", after=("Enc. Till receipt",), receipt=(
            "HARTWELL & FINCH LTD",
            "27 EASTGATE WALK  CHESTER",
            "TEL 01632 960700",
            "",
            "31/10/2026  14:07  TILL 04",
            "OPERATOR 2218",
            "",
            "SAUCEPAN 18CM          24.00",
            "SAUCEPAN 18CM          24.00",
            "TEA TOWELS PK3          9.50",
            "BEESWAX CANDLE          6.25",
            "",
            "4 ITEMS",
            "TOTAL                  63.75",
            "CARD **** **** **** 6114",
            "                       63.75",
            "CHANGE                  0.00",
            "",
            "REFUNDS WITHIN 28 DAYS",
            "WITH THIS RECEIPT",
            "",
            "THANK YOU FOR SHOPPING",
            "WITH US",
            "0427 3110 1407 0091",
        )),
]

# Two letters that nobody will read: one printed with a dying cartridge, one cut short on its way
# from the scanner.

FAINT = Letter(
    key="faint", name="Leonora Vane", title="Ms", name_form="before",
    street="81 Priory Steps", town="Worcester", postcode="WR1 2LT", date=november(6),
    topic="enquiry", salutation="Dear Sir or Madam", subject="Replacement castors", body="""
I am trying to find a set of four castors for a tea trolley which my aunt bought from you some
time in the nineteen-seventies. Two have lost their rubber and the trolley goes only to the left.

I apologise for the state of this page. The printer says that it has plenty of ink and I say that
it has not, and it is the printer that has had the last word.

Might you have something of the kind in a drawer? I have drawn round one of the old ones on the
back of this sheet.
""")

BROKEN = Letter(
    key="broken", name="Philip Arkwright", street="50 Mossley Brow", town="Oldham",
    postcode="OL4 3RD", date=november(10), topic="delivery", salutation="Dear Sirs",
    subject="Dining chairs", order="H-419004", product="dining chairs", body="""
Order H-419004 was for six dining chairs. Four were delivered on 3 November, and the driver said
that the other two would follow the next day. They have not followed.

We have eight people coming to lunch on the last Sunday of the month. Would you kindly let us know
whether two of them are to stand?

A telephone call would do, at any time before nine in the morning or after six in the evening.
""")
