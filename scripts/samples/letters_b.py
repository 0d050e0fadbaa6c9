"""The one-page letters, second half. All people, firms and numbers are invented."""

from .model import (CARE_ADDRESS_SHORT, CHIEF_ADDRESS, Letter, member_number, november,
                    october)

LETTERS = [
    Letter(
        key="accent", name="Matthew Owusu", title="Dr", name_form="before",
        street="23 Wake Green Rise", locality="Moseley", town="Birmingham",
        postcode="B13 9XH", email="m.owusu@example.org", phone="0121 496 0833",
        date=november(2), date_form="plain", topic="staff", priority="chief_executive",
        to=CHIEF_ADDRESS, salutation="Dear Ms Finch", close="Yours sincerely",
        subject="Two sales assistants", shop="Birmingham", body="""
I believe that the person at the top of a company should hear how customers are treated at the
foot of the stairs. On Friday 23 October, on the lower ground floor of your Birmingham shop, two
of your sales assistants mimicked my wife's accent while she was asking them for help.

She had put a simple question about paying by instalments. One of them repeated it back to her in
a silly voice and the other laughed out loud. The manager, when we found him, said that the girls
were "only having a bit of fun".

My wife has taught in this city for twenty years. She asked me not to write, but I should be
ashamed not to. Please tell me what training these two women and their manager will be given.
"""),
    Letter(
        key="hampers", name="Sanjay Patel", title="Mr", name_form="before",
        street="140 Evington Mead", town="Leicester", postcode="LE2 1QA",
        email="spatel.secretary@example.co.uk", date=october(1), date_form="ordinal",
        topic="enquiry", salutation="Dear Sales Team", subject="Picnic hampers",
        product="picnic hamper", curly=False, body="""
Our cricket club would like to give a picnic hamper to each of the fourteen volunteers who kept
the ground open this summer. We have seen the wicker one for four people in your catalogue at
£58.00.

Is there a discount for orders of ten or more? Could the club's name be put on the lid, by a plate
or a transfer, and what would that add to the price?

We should need them all by Saturday 12 December, when we hold our annual dinner. If you let me
have a quotation this month I can put it before the committee on the 29th.
"""),
    Letter(
        key="privacy-screen", name="Nicola Brightwell", title="Ms", name_form="after",
        street="33 Okus Crescent", town="Swindon", postcode="SN1 4LE",
        date=october(12), date_form="weekday", topic="goods", salutation="Dear Sir/Madam",
        subject="Bamboo privacy screen, order H-267743", subject_form="re", order="H-267743",
        product="bamboo privacy screen", body="""
The bamboo privacy screen that I ordered on 24 August lasted five weeks before it fell to bits.
The canes at the top have split from end to end and the wire that holds them has rusted through.

It was sold as fit to be left outdoors all year. We have had no gales here, only a wet September,
and my neighbour's screen, which came from a garden centre, stands beside it without a mark.

I paid £72.00 and I would like all of it back, please. I have thrown nothing away, and can send
you the pieces or a photograph of them, whichever is the less trouble.
"""),
    Letter(
        key="interest", name="Yusuf Demir", street="71 Lincoln Court Road", town="Peterborough",
        postcode="PE1 2ND", town_form="split", phone="01632 960091", date=october(27),
        date_form="dots", topic="billing", salutation="Dear Accounts",
        subject="Charges on my store account", curly=False, body="""
My October statement shows interest of £7.85 and a late payment charge of £12.00. I paid the full
balance of £231.16 on 28 September, nine days before it was due, and my bank confirms that you
had the money the next day.

I can only think that the payment has been put to somebody else's account. The bank gives
its own number for the transfer as 0928-5517-03, which may help you to find it.

Please take both charges off, bring the balance back to nil and send me a fresh statement. I would
also like your word that no black mark has been sent to the credit agencies.
"""),
    Letter(
        key="coat-stand", name="Zo\u00eb Lindqvist", street="91 Magdalen Lane", town="Oxford",
        postcode="OX4 1RG", email="zoe.lindqvist@example.com", date=november(18),
        date_form="short-month", topic="delivery", salutation="Hello",
        close="Yours faithfully", subject="Order H-447102 left at the wrong house",
        order="H-447102", product="coat stand", body="""
Your website says that my coat stand was "handed to resident" at 10.42 on Saturday 14 November. It
was not handed to me, and I am the only resident here.

The driver's photograph shows a box in front of a red door. Mine is blue. I have knocked at every
red door in the road and at number 19, in case somebody had read the figures backwards, and nobody
has seen it.

Please either trace the parcel or send another coat stand before the end of the month, and ask the
driver to look at the number on the gate.
"""),
    Letter(
        key="kettle-again", name="Margaret O'Sullivan", title="Mrs", name_form="after",
        street="12 Orchard Drive", locality="Headingley", town="LEEDS", postcode="LS6 3HN",
        phone="07700 900318", date=november(9), topic="goods",
        subject="Faulty cordless kettle: second letter", reference="HF/48213/26",
        product="cordless kettle", shop="Leeds", body="""
I wrote to you on 5 October about the cordless kettle which leaks at the base and blew the fuses
in my kitchen. You sent me a card on 13 October, giving the reference above and promising an
answer within ten working days. Nothing has come.

The kettle is still sitting in its box in my hall. I rang your Leeds shop last Thursday and the
young man told me that faults are now dealt with by post only, which is why I am writing again
and not standing at your counter.

All that I ask is a kettle which does not leak, or the return of my £39.99. Five weeks seems a
long time to think about it.
"""),
    Letter(
        key="note", name="Peggy Wainwright", street="6 Gibbet Fold", town="Halifax",
        postcode="HX1 4DY", date=october(31), topic="praise", salutation="Dear all",
        close="With best wishes", product="hot-water bottle cover", to=CARE_ADDRESS_SHORT,
        body="""
Just a line to say how pleased I am with the hot-water bottle cover, which came this morning. It
is beautifully made, just like the picture, and my grandson has already tried to run off with it.

Please pass on my thanks to whoever put the little card in the parcel. Small things like that are
why I come back.
"""),
    Letter(
        key="coffee", name="Giovanni Ferrante", street="18 Ampthill Parade", town="Bedford",
        postcode="MK40 2SZ", email="g.ferrante@example.net", phone="07700 900266",
        date=november(7), topic="cancellation", salutation="Dear Customer Services",
        subject="Ending my coffee subscription", member=member_number("55209137"),
        product="coffee subscription", body=f"""
I wish to end my monthly coffee subscription with effect from 30 November. It is held under my
membership number, {member_number("55209137")}. I gave notice by e-mail on 15 October and once
more on 29 October, and neither message has been answered.

I have nothing against the coffee. I am moving back to Turin at Christmas, where there is no
shortage of it, and boxes delivered to Bedford would be of no use to me.

Please cancel the subscription, send nothing after this month, and let me have a line to confirm
that it is closed.
"""),
    Letter(
        key="blinds", name="Hannah Sorensen", title="Ms", name_form="before",
        street="4 Endcliffe Steps", town="SHEFFIELD", postcode="S10 3GA",
        phone="0114 496 0790", date=november(16), date_form="ordinal-comma",
        topic="cancellation", salutation="Dear Sir or Madam",
        subject="Order H-402219: please cancel", order="H-402219", product="roller blinds",
        body="""
Please cancel order H-402219 for five roller blinds, which I placed on 4 November, and the fitting
visit that goes with it on 1 December.

Our builder has found rot in the window frames, and all of them are to be taken out. The new
windows will be a different size and will not be in until Easter, so there is nothing at present
for the blinds to hang from.

I paid a deposit of £60.00 by debit card. Your terms say that it can be returned as long as the
cloth has not been cut, and the lady who took my call on Saturday told me that it had not.
"""),
    Letter(
        key="booklet", name="Arthur Blenkinsop", street="Pit Cottage, 2 Gilesgate Row",
        town="DURHAM", postcode="DH1 1TW", date=october(9), date_form="slashes-bare",
        topic="enquiry", salutation="Dear Sir", subject="INSTRUCTION BOOKLET",
        subject_form="caps", product="sewing machine", curly=False, body="""
My wife has been given a Hartwell sewing machine, the Seamstress 300, which must be getting on for
thirty years old. It runs as sweetly as anything, but there is no booklet with it and we cannot
work out how to thread the bobbin.

Have you a copy of the instructions that you could sell us, or that somebody could run through the
photocopier? We would gladly pay for the paper and the stamp.

I tried the public library and they looked on the computer for me, but all they could find was the
Seamstress 400, which is threaded from the other side.
"""),
    Letter(
        key="guard", name="Oluwaseun Adeyemi", title="Mr", name_form="after",
        street="29 Earlsdon Mount", town="Coventry", postcode="CV5 6EG",
        phone="01632 960448", date=november(5), date_form="plain", topic="staff",
        salutation="Dear Sir or Madam", subject="Security guard at Coventry",
        subject_form="underline", shop="Coventry", body="""
On Saturday 31 October I spent half an hour in your Coventry shop choosing a birthday present. For
the whole of that time I was followed from floor to floor, at a distance of about two yards, by
the same security guard.

When I stopped, he stopped. When I asked whether he wanted something, he said that he was "just
doing his rounds". Nobody else on those floors was given an escort. I left without buying anything
and I have not been back.

I should like you to look at the recordings for that day, between two o'clock and half past, and
to tell me what you see in them and what you mean to do about it.
"""),
    Letter(
        key="jacket", name="Iain MacPhail", street="7 Culduthel Brae", town="INVERNESS",
        postcode="IV2 4TT", email="iain.macphail@example.co.uk", phone="01632 960656",
        date=october(30), topic="goods", subject="Waterproof walking jacket, order H-221980",
        order="H-221980", product="waterproof walking jacket", body="""
On 14 August I ordered a waterproof walking jacket from your autumn catalogue, in moss green and a
size large, at a price of £129.00. The page on which it appears calls it "proof against anything
the Highlands can throw at it", with a water column of fifteen thousand millimetres and fully taped
seams. I walk on most days of the year with the same three friends, and it was on the strength of
that description that I parted with a good deal more than I usually spend.

The jacket was worn on dry days until 20 September, when we were caught in two hours of steady rain
above Loch Affric. Within twenty minutes both of my shoulders were wet through. By the time that we
reached the car there was enough water in the left sleeve to be poured out of it, and I measured it,
out of interest, as an eggcupful. My companions, in coats of half the price, were dry.

At home I dried it as the label says and then looked at the seams over a lamp. The tape has been
put on crooked from the collar to the elbow on both sides, so that the stitching lies open to the
weather, and at the back of the neck there is no tape at all. A second outing on 11 October, this
time in no more than a heavy drizzle, had the same result. I can't believe that this coat was ever
looked at by anybody before it was put in its bag.

I sent it back on 13 October in the bag provided. It was returned to me a week later, with a slip on
which somebody had ticked the words "no fault found". I should be interested to learn how the test
was done, for it was surely not done with water.

Please would you now do one of two things: either send me a jacket which keeps the rain out, having
first held its seams up to a light, or else let me have my £129.00. I do not want a credit note, and
I should prefer not to be sent the same jacket for a third time.
"""),
    Letter(
        key="bunk-bed", name="Bronwen Pugh", title="Mrs", name_form="before",
        street="Llwyn Onn, Heol Fach", town="Aberystwyth", county="Ceredigion",
        postcode="SY23 4PL", phone="01632 960883", date=october(23), date_form="plain",
        topic="delivery", subject="Second parcel missing: order H-298834", order="H-298834",
        product="bunk bed", body="""
The bunk bed on order H-298834 was to come in two boxes. The first was delivered on 25 September.
It holds the ladder, the slats and a bag of bolts. The second, with all four of the legs and both
of the sides, has not been seen since.

I have telephoned the depot on four occasions. Twice I was told that it was on the van that very
day, once that it had been lost at Shrewsbury, and once that it had been signed for by a person
called Hughes. There is no Hughes in this house, nor in any house for half a mile.

Two small boys have been sleeping on the floor beside a ladder for a month. Please find the other
box, or send a new one, and let me know for certain on what day it will come.
"""),
    Letter(
        key="repair-desk", name="Hari Venkataraman", title="Mr", name_form="before",
        street="52 Upton Lea Gardens", town="Slough", postcode="SL1 6HB",
        email="hari.v@example.com", phone="07700 900934", date=october(24),
        topic="praise", salutation="Dear Hartwell & Finch", close="With thanks and good wishes",
        subject="Well done, the repair desk", product="espresso machine", shop="Slough", body="""
Three weeks ago I carried a twelve-year-old espresso machine into your Slough shop, fully
expecting to be sold a new one. Your repair desk looked at it, said that it was "far too good to
throw away", and asked me to leave it with them.

It came home on Thursday with a new pump and a new gasket, polished so that I could see my face in
it, for £32.00. They even put a sheet in the box with the four things I had been doing wrong, very
politely expressed.

I have told everybody in my office. Please give Kamila and her colleagues my warmest thanks, and
please never close that desk.
"""),
    Letter(
        key="toaster", name="Paul D'Arcy", street="15 Shirley Ropewalk", town="Southampton",
        postcode="SO15 3UF", phone="07700 900712", date=october(18), date_form="ordinal",
        topic="goods", salutation="Dear Sir or Madam", subject="Four-slice toaster",
        product="four-slice toaster", shop="Southampton", body="""
The four-slice toaster that I bought in your Southampton shop on 3 October toasts two slices. The
left-hand pair of slots gets hot on one side only, and the lever on that side will not stay down
unless it is held.

It was marked "reduced to clear" at £22.50, but nothing on the label said that half of it was not
working. The assistant told me that it was last season's colour and perfect in every other way.

I should be happy with another one in any colour you like. If there are none left, I would ask
for my £22.50 to be returned in full.
"""),
    Letter(
        key="wrong-letter", name="Sylvia Kaminski", street="10 Hoe Park Terrace",
        town="Plymouth", postcode="PL4 8NB", phone="01632 960529", date=november(14),
        topic="data_privacy", salutation="Dear Data Protection Officer",
        subject="Another person's details sent to me", reference="HF/48390/26", body="""
In the same envelope as your letter to me of 10 November I found a letter meant for somebody else,
a lady in Kent. It gives her full name, her address, her telephone number and the last four figures
of her bank card.

I have put it in a drawer and shown it to nobody. I am bound to wonder, however, whether there is
an envelope in Kent with my own particulars in it, and what else of mine has gone astray.

Please tell me how this mistake with personal data came about, whether you have told the lady, and
whether you have reported it as you are obliged to. Please also say what I should do with her
letter.
"""),
    Letter(
        key="tea-room", name="Jean Huxtable", title="Mrs", name_form="before",
        street="5 Abbots Court", town="Gloucester", postcode="GL1 2BW",
        phone="01632 960375", date=november(1), date_form="weekday-comma", topic="enquiry",
        salutation="Dear Sir or Madam", subject="Visit on 2 December", shop="Gloucester",
        to=CARE_ADDRESS_SHORT, body="""
Our over-sixties club is bringing a coach to Gloucester on Wednesday 2 December to see the lights,
and we hope to end the afternoon in the tea room on the top floor of your shop.

There will be thirty-five of us. Can you seat so many at about four o'clock, is it possible to
reserve, and do you have a set tea at a fixed price? Four of our ladies do not eat meat.

Would you also tell me how late the Gloucester shop will be open that evening, and where a coach
may stop to set people down.
"""),
]
