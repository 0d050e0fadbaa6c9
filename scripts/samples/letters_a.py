"""The one-page letters, first half. All people, firms and numbers are invented."""

from .model import (CARE_ADDRESS_SHORT, CHIEF_ADDRESS, Letter, member_number, november,
                    october)

LETTERS = [
    Letter(
        key="kettle", name="Margaret O'Sullivan", title="Mrs", name_form="after",
        street="12 Orchard Drive", locality="Headingley", town="LEEDS", postcode="LS6 3HN",
        date=october(5), topic="goods", subject="Faulty cordless kettle",
        product="cordless kettle", shop="Leeds", body="""
I bought a cordless kettle from your Leeds shop on Saturday 12 September and paid £39.99 for
it in cash. It worked well enough for a fortnight, but since the end of September water has
been seeping out of the base and on to the worktop every time it boils.

On Friday 2 October it tripped the electrics in the whole of the kitchen. I have not dared to
switch it on since, and I am back to heating water in a saucepan.

I would like either a sound kettle of a different make, or my money back if you have nothing
suitable. Please tell me whether I should bring the old one to the shop or post it to you. I
still have the box and the guarantee card.
"""),
    Letter(
        key="bookcase", name="Tomasz Nowak", street="47 Brunswick Road", town="Ipswich",
        postcode="IP4 4BX", town_form="split", phone="07700 900142",
        date=october(12), date_form="ordinal", topic="delivery",
        salutation="Dear Customer Care", subject="Order H-204817", subject_form="re",
        order="H-204817", product="oak bookcase", body="""
My oak bookcase was to be delivered on Tuesday 29 September between eight o'clock and noon. I
took the morning off work and nobody came. A text message at ten to five said that the van had
"run out of hours".

A second slot was offered for Wednesday 7 October. This time the driver rang from what he took
to be my road but was a Brunswick Road in another town, forty miles off. He said he would reach
me before the end of the day, and did not.

I can't keep losing half a day's pay to wait in for a van. Please let me have a firm date, a
window of two hours at most, and the name of somebody I can ring if it slips again.
"""),
    Letter(
        key="twice", name="Anjali Deshpande", title="Dr", name_form="before",
        street="8 Chaucer Close", town="Cambridge", postcode="CB1 9TR",
        email="a.deshpande@example.co.uk", phone="01632 960214", date=october(14),
        date_form="slashes", topic="billing", salutation="Dear Sir/Madam",
        subject="Payment taken twice: order H-118264", order="H-118264",
        product="duvet set", body="""
I ordered a king-size duvet set from your website on 21 September (order H-118264). The price,
with postage, came to £64.50. My bank statement shows that you took £64.50 on 22 September and
exactly the same sum again on 24 September.

Only one parcel arrived and only one invoice was inside it, so the second payment cannot be for
anything that I have had. I sent an e-mail about it on 1 October and have received nothing but
an automatic reply.

Would you please refund the second £64.50 to the card it was taken from, and confirm in writing
that my card details are not set up for any repeat payment.
"""),
    Letter(
        key="returns-desk", name="Janet Ashby-Jones", street="3 Kestrel Way", town="Lincoln",
        postcode="LN6 7QT", date=october(8), date_form="weekday", topic="staff",
        salutation="Dear Sirs", shop="Lincoln", to=CARE_ADDRESS_SHORT, body="""
I am writing about the manner of a woman on the returns desk at your Lincoln shop on the
afternoon of Monday 5 October. I had queued for twenty minutes simply to ask whether a gift
voucher could be spent in two parts.

Before I had finished my sentence she told me that she was "not a help line", pushed the voucher
back across the counter and called for the next customer. When I asked for her name she turned
her badge round so that I could not read it.

I don't expect to be fussed over, but I do expect to be spoken to civilly. The other people in
the queue were as embarrassed as I was. I should like an apology, and I should like to know that
somebody has had a word with her.
"""),
    Letter(
        key="lampshade", name="Harold Pickersgill", title="Mr", name_form="before",
        street="21 Moorgate Avenue", town="York", postcode="YO24 3BD", date=october(17),
        topic="praise", salutation="Dear Sir or Madam", subject="A word of thanks",
        subject_form="underline", product="lampshade", shop="York", body="""
It is easy to complain, so for once I am writing to say thank you. On Tuesday last I came into
your York shop and asked, without much hope, whether you had a lampshade to fit an old brass
table lamp of my mother's.

Your Mr Farrow measured the lamp, telephoned two other branches and found the very thing. He had
it sent over at no charge and even fitted it for me on Friday. Nobody could have been kinder or
more patient, and the whole business cost me eleven pounds.

Please see that he hears of this letter. Shops which still employ men like Mr Farrow deserve to
do well.
"""),
    Letter(
        key="rug", name="Chloe Nguyen", title="Miss", name_form="before",
        street="Flat 3, 27 Cromwell Terrace", town="Nottingham", postcode="NG7 2LS",
        email="chloe.nguyen@example.co.uk", date=october(20), date_form="dots",
        topic="cancellation", salutation="Dear Hartwell & Finch",
        subject="Please cancel order H-391207", order="H-391207", product="wool rug", body="""
I placed order H-391207 for a wool rug in charcoal grey on 17 October. I have since measured the
room properly and the rug is far too wide for it, so I wish to cancel the order in full.

As I understand it I have until fourteen days after delivery in which to change my mind, and the
rug has not even been sent out yet. Please stop it before it leaves the warehouse.

Please put the £149.00 back on the debit card I paid with, and send a short note to the address
above once it is done. There is no need to suggest another size.
"""),
    Letter(
        key="sealing-ring", name="Gwilym Rees", title="Mr", name_form="before",
        street="Ty Gwyn, Chapel Row", locality="Rhiwbina", town="CARDIFF", postcode="CF14 6QD",
        date=november(2), date_form="ordinal", topic="enquiry", salutation="Dear Madam or Sir",
        product="pressure cooker", shop="Cardiff", body="""
I have one of your six-litre pans, the pressure cooker with the green handles, bought about
eight years ago and still going strong. Do you still stock the rubber sealing ring for the lid,
and if so what does it cost?

I had a look round the Cardiff shop last week but could see rings only for the newer and wider
pan. The lady on the till thought that you might keep the older parts at head office, hence this
letter.

If you no longer have them, perhaps you could tell me who made the pan for you, so that I can
try the makers direct. A stamped addressed envelope is enclosed.
""", after=("Enc. S.A.E.",)),
    Letter(
        key="subject-access", name="Farah Haddad", title="Ms", name_form="before",
        street="64 Burlington Grove", locality="Withington", town="Manchester",
        postcode="M20 4RW", town_form="split", email="farah.haddad@example.com",
        phone="0161 496 0385", date=october(21), topic="data_privacy",
        subject="Subject access request", member=member_number("40718825"), body=f"""
Under the UK GDPR and the Data Protection Act 2018 I am asking for a copy of all the personal
data that Hartwell & Finch holds about me. My membership number is {member_number("40718825")}
and I have used the e-mail address above since the day I joined.

Please include:

(a) my purchase history, and any notes made against it by your staff;

(b) recordings or transcripts of my telephone calls in July and August of this year;

(c) the names of any other firms to which my details have been passed.

I understand that you have one calendar month in which to answer and that there is no fee. If
you need proof of who I am, please say so promptly instead of waiting until the month is nearly
over.
"""),
    Letter(
        key="erase-me", name="Colin Wetherby", street="19 Pennsylvania Rise", town="Exeter",
        postcode="EX4 6DT", email="cwetherby@example.org", date=november(4),
        date_form="american", topic="data_privacy", salutation="To whom it may concern",
        subject="Deletion of my personal details", subject_form="re", curly=False, body="""
In the past month I have had eleven e-mails, four text messages and two catalogues from you,
although I ticked the box to refuse all advertising when I opened my account in 2024. I have
followed the "unsubscribe" link three times.

I now withdraw whatever consent you believe you have. Please delete my name, address, telephone
number and date of birth from your mailing lists and from those of any company with which you
have shared them.

When that has been done, kindly write to tell me so, and explain how my details came to be used
against my instructions.
"""),
    Letter(
        key="solicitors", name="Joanne Tilbury", firm=("PEMBERTON LISLE LLP", "Solicitors"),
        sign_lines=("Associate Solicitor", "for Pemberton Lisle LLP"),
        street="14 Narrow Wharf", town="Bristol", postcode="BS1 6QD",
        email="j.tilbury@pembertonlisle.example", phone="0117 496 0471", date=october(16),
        topic="goods", priority="legal", salutation="Dear Sirs",
        subject="Our client: Mrs Irene Maddocks", reference="HF/47790/26",
        our_ref="JT/4471/2", product="slow cooker", shop="Bristol", body="""
We act for Mrs Irene Maddocks, who bought a slow cooker from your Bristol shop on 4 July 2026.
On 19 August the glass lid shattered while the appliance was in ordinary use, and our client was
scalded on the left hand and forearm.

Mrs Maddocks went to hospital the same evening and was treated as an out-patient for five weeks.
The appliance, the box and the remains of the lid have been kept, and may be inspected at this
office by appointment.

In our opinion the slow cooker was not of satisfactory quality within the meaning of the Consumer
Rights Act 2015. We invite you to admit liability, and to name your insurers, within 21 days of
the date of this letter, failing which our instructions are to issue proceedings in the County
Court without further notice.

We should be obliged if all further correspondence in this matter were sent to us and not to our
client.
"""),
    Letter(
        key="before-claim", name="Dennis Akintola", title="Mr", name_form="before",
        street="102 Biscot Lane", town="LUTON", county="Bedfordshire", postcode="LU3 1AX",
        date=october(28), topic="billing", priority="legal", salutation="Dear Sirs",
        subject="LETTER BEFORE CLAIM", subject_form="caps", reference="HF/48501/26",
        product="patio dining set", body="""
You agreed on 2 September, in a letter signed by your Mr Sharples, that I was owed £312.00 for
a patio dining set which I had sent back at your own request on 26 August.

Eight weeks have gone by and the money has not reached my account. I have telephoned five times.
I have been told in turn that it was "in the system", that it had been sent as a cheque, and that
the accounts department does not take calls.

This is a letter before claim. Unless the £312.00 is paid in full by 13 November I shall issue a
claim in the county court for the debt, with interest and the court fee, and I shall not write
again first.
"""),
    Letter(
        key="blanket", name="Patricia Fenwick-Hale", title="Mrs", name_form="after",
        street="5 Salters Crescent", locality="Gosforth", town="Newcastle upon Tyne",
        postcode="NE3 1DU", phone="0191 498 0226", date=november(3), date_form="slashes",
        topic="goods", priority="legal", subject="Unsafe electric blanket",
        product="electric blanket", shop="Newcastle", body="""
The electric blanket which I bought in your Newcastle shop on 10 October for £54.00 has no
maker's name on it, no safety mark of any kind, and a two-pin plug pushed into a cheap adaptor.
On the third night that it was in use the connector began to smoke.

I took it to the Trading Standards office on Thursday 29 October and an officer has kept it for
testing. She advised me to write so that you have the chance to put matters right, and she has
asked for a copy of your reply.

I want my £54.00 returned. I also want to know how many of these blankets are still on sale,
because I would not give one house room.
"""),
    Letter(
        key="ombudsman", name="Ewan Galbraith", street="31 Glasclune Gardens", town="PERTH",
        postcode="PH1 2NQ", phone="07700 900655", date=november(11), date_form="weekday-comma",
        topic="delivery", priority="legal", salutation="Dear Sir or Madam",
        reference="HF/48377/26", order="H-275530", product="corner sofa", body="""
Fourteen weeks after I paid for it, the corner sofa on order H-275530 has still not been
delivered.

You have given me four dates, 12 September, 3 October, 17 October and 7 November, and on each of
them I moved my old furniture out into the hall for nothing. On the last occasion the depot said
that the sofa had been put on a lorry for Penzance instead of Perth.

Your final response of 9 November says only that you are "sorry for any upset". I am therefore
sending the whole file to the Ombudsman this week. If the sofa reaches me before a case is opened
I will gladly withdraw it, but I shall need a date that means something.
""", after=("cc The Ombudsman",)),
    Letter(
        key="late-husband", name="Doreen Pettifer", title="Mrs", name_form="after",
        street="Sea Holly, 9 Marine Walk", town="Great Yarmouth", postcode="NR30 4EL",
        date=november(6), topic="billing", priority="vulnerable", subject="Mr Leonard Pettifer",
        body="""
My husband, Leonard Pettifer, died on 11 September. I wrote to tell you so on 21 September and
enclosed a copy of the death certificate, which you have not sent back.

Since then you have posted three statements to him, each asking for £86.20, and the last one adds
a late payment charge of £12.00. The account was paid off in full in August, as his cheque book
shows, so I do not understand what the £86.20 is for.

Every one of these envelopes with his name on it is a fresh upset. Please correct the account,
take off the charge, and write to me and not to him.
"""),
    Letter(
        key="kerb", name="Alan Treharne", title="Mr", name_form="before",
        street="Flat 1, 40 Bryn Terrace", town="Swansea", postcode="SA2 0FR",
        phone="01632 960777", date=october(22), date_form="ordinal", topic="delivery",
        priority="vulnerable", salutation="Dear Sir", order="H-330915",
        product="chest of drawers", body="""
I use a wheelchair and live alone on the ground floor. When I placed order H-330915 for a chest
of drawers I paid £25.00 more to have it carried to the room of my choice, and I explained the
reason on the telephone.

On Wednesday 14 October the two men left the box standing on the pavement at the foot of the
front steps, took a photograph of it and drove away. I cannot lift it and I could not get round
it. It stayed there until the Friday evening, when two lads from the chapel carried it as far as
the porch.

I should like somebody to come and take it the last twelve feet to my bedroom, which is what I
paid for, and I should like the £25.00 returned.
"""),
    Letter(
        key="budget", name="Kerry-Ann Dobbs", street="88 Perth Street West", town="Hull",
        postcode="HU5 3TB", phone="07700 900871", date=october(19), topic="billing",
        priority="vulnerable", salutation="Dear Customer Care", subject="My store card",
        curly=False, body="""
I lost my job in July and I am now in debt to several companies. I'm writing before I fall any
further behind on my store card, because the last statement asks for £118.40 and I can't pay
that amount.

I have been to a debt advice charity and they've helped me to draw up a budget. After rent, gas
and food I have £34 a month left to share among everyone I owe. I can offer you £10 of that,
starting on 1 November.

Please would you freeze the interest and the late fees while I pay it down, and stop the
telephone calls in the evening. They frighten my little girl.
"""),
    Letter(
        key="lawnmower", name="Stanley Crowhurst", street="76 Ditchling View", town="Brighton",
        county="East Sussex", postcode="BN1 6JG", email="stancrowhurst@example.net",
        date=november(13), date_form="ordinal", topic="cancellation", priority="vulnerable",
        subject="Cancellation of order H-412688", subject_form="re", order="H-412688",
        product="electric lawnmower", body="""
Please cancel my order H-412688 for an electric lawnmower, which I placed on 2 November and which
is due to come on the 23rd. I was told last week that I have cancer, and I start chemotherapy at
the county hospital on Monday.

I shall not be cutting any grass for the foreseeable future, and my daughter, who lives nearby,
has a machine of her own. The £189.00 will be of more use to us at present than the mower.

I hope that this can be settled without my having to telephone, since I tire very easily. A
letter or an e-mail to say that the order has been stopped will do.
"""),
    Letter(
        key="dinner-service", name="Elspeth Farquharson", title="Mrs", name_form="before",
        street="2 Braid Hills Lane", town="EDINBURGH", postcode="EH10 6HL", town_form="split",
        phone="0131 496 0118", date=october(26), topic="goods", priority="important_customer",
        subject="Bone china dinner service", member=member_number("10034472"),
        product="bone china dinner service", body=f"""
I have been a customer of Hartwell & Finch for twenty-eight years and a Gold member, number
{member_number("10034472")}, for nineteen of them. In all that time I have never had cause to
write a letter such as this one.

The bone china dinner service that I bought from you on 5 September, at a cost of £640.00, is
crazing. Fine brown lines have come up on nine of the twelve large plates, although they have been
used four times and washed only by hand.

I should be glad to have the service replaced with sound pieces from a different batch. I can have
the plates packed and ready for collection on any weekday that suits your carrier.
"""),
    Letter(
        key="menswear", name="Roland Beauchamp", title="Mr", name_form="before",
        street="Cleeve House, 11 Pittville Mews", town="Cheltenham", postcode="GL50 2QJ",
        email="r.beauchamp@example.co.uk", phone="01632 960320", date=november(10),
        topic="staff", priority="important_customer", subject="Conduct of a supervisor",
        member=member_number("10067719"), shop="Cheltenham", body=f"""
As a Gold member since 2004 (number {member_number("10067719")}) I have come to look forward to
my Saturday visits to your Cheltenham shop. My visit on 7 November was a sad disappointment,
wholly on account of one member of your staff.

The supervisor in the menswear department, whose badge said Dominic, accused me in front of other
shoppers of having slipped something into my pocket. It was my own spectacle case. When this was
plain to everybody he shrugged and walked away without a word.

After so many years, and I would guess a good many thousands of pounds, I had hoped for better. I
should like a written apology from Dominic or from his manager.
"""),
    Letter(
        key="points", name="Ifeoma Okonkwo", title="Dr", name_form="before",
        street="17 Pewley Bank", town="Guildford", county="Surrey", postcode="GU1 3SP",
        email="ifeoma.okonkwo@example.com", phone="020 7946 0512", date=october(29),
        topic="enquiry", priority="important_customer", salutation="Dear Sir or Madam",
        subject="Using Gold points for a wedding list", member=member_number("20451163"),
        shop="Guildford", body=f"""
I have held Gold membership for seventeen years, under the number {member_number("20451163")},
and have built up 41,350 points. My sister is to be married next spring and I would like to put
the points towards her wedding list at the Guildford shop.

Could you tell me whether points can be spent on a list that is in somebody else's name, how much
they are worth for that purpose, and whether any of them lapse at the end of December?

I would be glad of an answer in writing before I bring my sister to the shop, because the leaflet
and the website say different things.
"""),
    Letter(
        key="mattress", name="Ranjit Dhaliwal", street="55 Tettenhall Hill",
        town="Wolverhampton", postcode="WV3 9NF", phone="07700 900503", date=november(12),
        topic="delivery", priority="chief_executive", to=CHIEF_ADDRESS,
        salutation="Dear Ms Finch", close="Yours sincerely",
        subject="A mattress that cannot find its way", order="H-356071",
        product="double mattress", body="""
I am writing to you by name because two letters to your Customer Care department have gone
unanswered.

A double mattress which I ordered on 25 September (H-356071) has been sent out three times and has
gone back to your depot three times. On each occasion the driver has recorded "no access",
although I have been at the window and have watched him drive past the house.

Your own promise, printed on the side of every van, is "There when we say". I would be grateful if
you could find out for me why that promise does not reach as far as Wolverhampton, and when my
mattress will.
"""),
    Letter(
        key="flood", name="Rosalind Tremayne", title="Mrs", name_form="after",
        street="Lower Quay Cottage, Malpas Lane", town="TRURO", postcode="TR1 1UH",
        date=october(15), topic="praise", priority="chief_executive", to=CHIEF_ADDRESS,
        salutation="Dear Ms Finch", close="Yours sincerely", shop="Truro", body="""
You will have seen on the news that the river came over its banks here on Sunday 4 October. You
may not have heard what the people who work in your Truro shop did about it.

When the water reached Boscawen Street they opened the doors of a shop that was shut for the day,
brought about thirty of us upstairs, strangers most of us, and made tea until the buses were
running again. One girl gave her own coat to a child. They would not take a penny.

I have spent more money in grander shops and been made less welcome. I thought that their Chief
Executive ought to know it, and I hope that you will thank each of them in person.
"""),
]
