//! Short letters in many voices, each about one thing. The phrases of the embedded file
//! were written with the first ninety in mind; the last ones came afterwards and nothing
//! was ever fitted to them: what the rules make of those is what they make of tomorrow's
//! post. Leave them alone when you tune, and write new ones once they are spoilt.

use super::super::Rules;
use super::facts;

/// Topic, and the letter between "Dear Sirs" and "Yours faithfully".
type Voice = (&'static str, &'static str);

/// Held-out letters that get their topic: 10 of 27, where the phrases before gave 4. They
/// shun the usual words, so this is the low end.
const HELD_OUT_RIGHT: usize = 10;

/// Held-out letters that may get a wrong topic; the rest must be `other`, which a person
/// decides.
const HELD_OUT_WRONG: usize = 2;

fn topic(rules: &Rules, body: &str) -> String {
    let text = format!(
        "12 Elm Row\nYork\nYO1 1AA\n3 March 2026\nCustomer Relations\nLeeds\nDear Sirs,\n{body}\nYours faithfully,\nA. Person"
    );
    rules.judge(&facts(&text)).topic.choice
}

#[test]
fn letters_the_phrases_were_written_for() {
    let rules = Rules::embedded();
    for (meant, body) in TUNED {
        assert_eq!(topic(&rules, body), meant, "{body}");
    }
}

#[test]
fn letters_the_phrases_have_never_seen() {
    let rules = Rules::embedded();
    let judged = HELD_OUT.map(|(meant, body)| (meant, topic(&rules, body), body));
    let right = judged.iter().filter(|(meant, given, _)| meant == given);
    assert!(right.count() >= HELD_OUT_RIGHT, "{judged:#?}");
    let wrong = judged
        .iter()
        .filter(|(meant, given, _)| meant != given && given != "other");
    assert!(wrong.count() <= HELD_OUT_WRONG, "{judged:#?}");
}

/// The phrases were written with these in mind.
const TUNED: [Voice; 90] = [
    (
        "goods",
        "I regret to say that the umbrella you sold me in April has turned inside out at the first gust and two of its ribs have gone through the cloth. I have had umbrellas all my life and never one like this.",
    ),
    (
        "goods",
        "That hoover of yours is rubbish. Three weeks old and no suck in it at all. I want my money back and no messing about.",
    ),
    (
        "goods",
        "The dye came out of the towels at the first wash and has ruined a white tablecloth of my mother's. The label says forty degrees and forty degrees it was.",
    ),
    (
        "goods",
        "Opened the box on Boxing Day with the grandchildren all round me and there were no batteries, no instructions and only three of the four wheels. You can imagine the tears. Would you kindly make this good.",
    ),
    (
        "delivery",
        "We were told Wednesday. Then we were told Thursday. It is now the following Monday and there is still no sign of the bed. I am sleeping on the settee.",
    ),
    (
        "delivery",
        "Your carrier put a card through my door to say that I was out. I was in. I was sitting by the window with a cup of tea, and no van came up the lane at all.",
    ),
    (
        "delivery",
        "The hamper that I sent to my sister in Fife for her birthday never reached her. The post office know nothing of it and you tell me that it left you on the 3rd.",
    ),
    (
        "billing",
        "According to the statement that came this morning I owe you £84.20. I owe you nothing of the kind. I paid at the till in cash and have the slip to prove it. Kindly correct your books.",
    ),
    (
        "billing",
        "I took back two shirts on 6 June and was told the money would be on my card in five days. It is now the middle of July. Where is it?",
    ),
    (
        "billing",
        "The ticket on the shelf said £12.50. The till said £15. I did not notice until I got home and looked at the receipt. It is only £2.50 but it is my £2.50.",
    ),
    (
        "billing",
        "Every month since Christmas you have helped yourselves to £6.99 from my account for something called Plus. I never asked for Plus. I do not know what Plus is. Pay it all back please.",
    ),
    (
        "staff",
        "I am seventy and have never been spoken to as I was on Friday by the young lady in the shoe department. When I asked for a chair she rolled her eyes at her friend.",
    ),
    (
        "staff",
        "Two of your people stood chatting about their holidays while a queue of nine of us waited to pay. When I said something I was told to mind my own business.",
    ),
    (
        "staff",
        "The gentleman who came to measure for the carpet walked across my cream rug in his wet boots, called me 'darling' and told my wife to put the kettle on.",
    ),
    (
        "data_privacy",
        "Since I filled in your prize draw my telephone has not stopped ringing with people selling conservatories. Somebody at your end has given them my number. Who, and by whose leave?",
    ),
    (
        "data_privacy",
        "Kindly let me have everything you have on file about me, on paper, including notes of calls. I believe that the law gives you a month.",
    ),
    (
        "data_privacy",
        "A statement for a Mr Trevor Platt of Swindon, with his account number on it, was in with mine. I dread to think who has got mine. You ought to take more care of people's private business.",
    ),
    (
        "praise",
        "Just a note to say how well the young chap on the paint counter looked after me last week. Nothing was too much trouble. You want to hang on to him.",
    ),
    (
        "praise",
        "The marmalade is the best that I have tasted since my grandmother's. I thought that somebody ought to tell whoever makes it.",
    ),
    (
        "praise",
        "Hats off to your Skipton branch. I left my bag on the counter on market day and the lady ran half the length of the High Street after me with it.",
    ),
    (
        "praise",
        "My late aunt used to say that manners cost nothing, and she would have approved of your lift attendant, who carried my shopping all the way to the bus. Bless him.",
    ),
    (
        "cancellation",
        "I no longer want the magazine. Please take my name off the list of subscribers from the next number and send no more.",
    ),
    (
        "cancellation",
        "We have changed our minds about the conservatory furniture. The order was only placed on Saturday, so kindly stop it and return the deposit.",
    ),
    (
        "cancellation",
        "I have decided not to go on with the breakdown cover after the end of this year. Would you make sure that it does not renew itself, as it did last time.",
    ),
    (
        "enquiry",
        "Is there a lift to the second floor of your Bolton shop, and may one bring a small dog? We hope to come on the 14th.",
    ),
    (
        "enquiry",
        "My daughter is to be married in June. Do you keep a wedding list, and how does one go about it?",
    ),
    (
        "enquiry",
        "I am trying to match a dinner service called Harebell which you sold in the nineteen-eighties. Does anybody still make it? I need two side plates.",
    ),
    (
        "enquiry",
        "Our school is collecting for a new minibus and we should like to know whether you give prizes for raffles.",
    ),
    (
        "loyalty",
        "I used my card at the till in Frome on four Saturdays running and not one of those visits is on my tally. By my reckoning I am 340 short.",
    ),
    (
        "loyalty",
        "The voucher that came with your birthday greetings runs out on the 3rd, and it only reached me on the 5th. Could another be sent?",
    ),
    (
        "goods",
        "The clock I had from you at Easter loses eleven minutes a day. I have wound it, I have kept it level and I have kept it out of the sun. It is no use to anybody.",
    ),
    (
        "goods",
        "Dreadful slippers. The soles came away before I had worn them a week, and the left one squeaks.",
    ),
    (
        "goods",
        "When we got the settee home one of the arms was loose and there was a long tear at the back. Surely somebody looks them over before they are sold? We would like it changed for a sound one.",
    ),
    (
        "goods",
        "I found a piece of glass in a jar of your own-brand pickled onions. I have kept it. Luckily nobody was hurt.",
    ),
    (
        "delivery",
        "Ordered 4 March. Promised 9 March. Today is 2 April. No washing machine. Nobody answers the telephone. When is it coming?",
    ),
    (
        "delivery",
        "Your van men left my new mattress on the front step in a downpour and went off without ringing the bell. I had to get a neighbour to help me drag it in.",
    ),
    (
        "delivery",
        "I had a text to say that my curtains were on their way, then another to say they were back at the depot. That was nine days ago and I have heard nothing since.",
    ),
    (
        "delivery",
        "Twice now you have sent my groceries to number 14. This is number 41. The people at 14 are getting tired of it, and so is my ice cream.",
    ),
    (
        "billing",
        "Looking through my bank book I see that you have had £45 off me in May and again in June for one and the same lawnmower. Please put one of them back.",
    ),
    (
        "billing",
        "I have today had a reminder, in red, for a bill which I settled by cheque a fortnight ago. The cheque has been cashed. I do not care to be dunned for money that I do not owe.",
    ),
    (
        "billing",
        "The sale sign said half price on all lamps, yet I was asked for the full amount, and when I queried it was told that the offer had ended. The sign was still up. I should like the difference.",
    ),
    (
        "staff",
        "I asked your man in the electrical department a civil question and got a mouthful of abuse for my trouble. I will not be talked to like that, least of all in front of my grandchildren.",
    ),
    (
        "staff",
        "The lad on the door stopped me and went through my shopping bag in full view of everybody, as if I were a common thief. Of course he found nothing. He did not even say sorry.",
    ),
    (
        "staff",
        "Is it your policy for girls on the checkout to look at their telephones while serving? Mine did not say a word to me from start to finish and threw my change on the counter.",
    ),
    (
        "staff",
        "I rang your helpline about my account and the person at the other end was so short with me that I was nearly in tears. She then put the receiver down on me.",
    ),
    (
        "data_privacy",
        "My bank tells me that my card number was among those stolen from your computers in the spring. Why have I not heard of it from you, and what else did they get?",
    ),
    (
        "data_privacy",
        "I never agreed to have my photograph in your shop window. Take it down, please, and get rid of every copy you have.",
    ),
    (
        "data_privacy",
        "You keep writing to a Mrs Dunn at this address with all her particulars. She moved out six years ago. It cannot be right that I know what she spends on her hair. Please remove her from your records here.",
    ),
    (
        "praise",
        "I do so like to give credit where it is due. Your fitters were punctual, tidy and cheerful and the bathroom looks a picture. Do tell them so from me.",
    ),
    (
        "praise",
        "Please would you convey my appreciation to Mr Hobbs in menswear. He took endless pains over a suit for my husband and we came away very happy.",
    ),
    (
        "praise",
        "What a treat your tea room is! Lovely scones, a nice smile and nobody hurrying us. We shall be back.",
    ),
    (
        "cancellation",
        "Please note that I shall not be keeping on my membership after March. Stop taking the money and send me a line to say it is done.",
    ),
    (
        "cancellation",
        "Cancel it. All of it. The blinds, the fitting, the lot. I have found somebody cheaper.",
    ),
    (
        "cancellation",
        "As my husband and I are going into a smaller house we shall have no need of the dining table that we ordered on the 9th. I hope that it is not too late to withdraw.",
    ),
    (
        "enquiry",
        "Would it be possible to have a tin of the green paint posted to the Isle of Skye, and what would the carriage be?",
    ),
    (
        "enquiry",
        "Which of your shops has a cafe that opens before nine o'clock? I bring a walking party through in May.",
    ),
    (
        "enquiry",
        "I have mislaid the leaflet for my bread maker, model BM2. Might there be one that I could have?",
    ),
    (
        "enquiry",
        "Can you advise me what size of rug would suit a room twelve feet by ten, and do you make them to measure?",
    ),
    (
        "loyalty",
        "My husband's Finch Card stopped earning in August for no reason that we can see. The total has stuck at 1,250 though we shop every week. Please look into it and add what is owing.",
    ),
    (
        "loyalty",
        "I have saved up my rewards since last Christmas to get the food mixer, and now the girl tells me that they have lapsed. Nobody warned me. May I have them back?",
    ),
    (
        "goods",
        "I enclose a photograph of the rucksack. The left shoulder strap parted company with the bag half way up Snowdon and I had to carry the thing under my arm.",
    ),
    (
        "goods",
        "My wife's new reading lamp flickers, hums and now and again goes out altogether. The bulb has been changed twice. We have had it since Whitsun.",
    ),
    (
        "goods",
        "These so-called non-stick pans stick. Eggs, fish, porridge, the lot. I followed the leaflet to the letter.",
    ),
    (
        "goods",
        "The paint I was sold as magnolia dried a nasty yellow and I have had to do the whole hall again at my own expense.",
    ),
    (
        "delivery",
        "My grandson's bicycle was meant to be here for his birthday on the 8th. It is the 19th. He has stopped asking.",
    ),
    (
        "delivery",
        "I took delivery of four chairs this morning, or rather three chairs and a bundle of firewood. Somebody must have dropped the box from a great height.",
    ),
    (
        "delivery",
        "The computer says that my parcel was handed to me at 10.42 on Tuesday. At 10.42 on Tuesday I was at the dentist's. Who has it?",
    ),
    (
        "delivery",
        "Would you believe that your lorry came at ten at night and the men rang every bell in the building? They had been due at noon.",
    ),
    (
        "billing",
        "Please explain item 4 on the account that you sent me on the 1st. I have not set foot in your Derby shop this year, let alone spent £61 there.",
    ),
    (
        "billing",
        "I gave the girl a twenty pound note and was given change for a ten. She would not have it, and the supervisor said that the till would be counted at night. I have heard no more.",
    ),
    (
        "billing",
        "You promised me £15 back for the carriage in your letter of the 12th. Three weeks on my bank has seen nothing of it.",
    ),
    (
        "billing",
        "The coffee machine was in the sale at £80 on your web page when I pressed the button. My card has been debited with £110.",
    ),
    (
        "staff",
        "The woman at the customer desk sighed, tutted and carried on painting her nails. I have never met with such bad grace in forty years of shopping.",
    ),
    (
        "staff",
        "My son, who has a stammer, was made fun of by the boys at the collection point on Sunday. He is fifteen. He cried all the way home.",
    ),
    (
        "staff",
        "Nobody on the whole of the first floor would leave off talking to help an old man find a pair of socks. When I asked I was pointed at with a thumb.",
    ),
    (
        "staff",
        "Your fitter smoked in my kitchen, used language that I shall not repeat and was gone by two o'clock with the job half done. I do not want that man in my house again.",
    ),
    (
        "data_privacy",
        "I should be obliged if you would tell me what you know about me, where you had it from and to whom you have passed it.",
    ),
    (
        "data_privacy",
        "An assistant read my address and telephone number out loud to the whole queue. I live by myself and do not want half of Hull to know it.",
    ),
    (
        "data_privacy",
        "I have asked you three times to stop writing to me with offers. I did not ask for them. Strike me off, and anybody to whom you have lent my name likewise.",
    ),
    (
        "praise",
        "I was caught short of change at your Ludlow till and the lady behind the counter made it up out of her own purse. There are still good people about. I enclose what I owe her, and a card.",
    ),
    (
        "praise",
        "The christening cake was perfection. Everybody asked where it came from and I was proud to tell them.",
    ),
    (
        "praise",
        "It is not often that one meets with such courtesy nowadays. Young Daniel in Carpets deserves promotion.",
    ),
    (
        "cancellation",
        "With regret I must ask you to discontinue the weekly vegetable box. We are off to Portugal for good at the end of the month.",
    ),
    (
        "cancellation",
        "Forget the wardrobe. You have kept me waiting long enough and I have bought one elsewhere. I look forward to having my deposit back.",
    ),
    (
        "cancellation",
        "I signed up for the extended warranty in the shop on Monday and have thought better of it. I believe I am allowed two weeks.",
    ),
    (
        "enquiry",
        "At what time does the last bus leave from outside your retail park, and is the restaurant still on the ground floor?",
    ),
    (
        "enquiry",
        "I should be glad to learn whether you take old mattresses away when you bring a new one, and what you charge for it.",
    ),
    (
        "enquiry",
        "Are the wool blankets on page 12 made in this country? My sister comes out in a rash from anything else.",
    ),
    (
        "loyalty",
        "I have had no vouchers this quarter, although I must have spent well over £600. My neighbour has had hers. Have I been forgotten?",
    ),
    (
        "loyalty",
        "Since my new card came the old stamps have not been carried over. There were eighteen of them and I was two short of a free lunch.",
    ),
];

/// The phrases were never fitted to these.
const HELD_OUT: [Voice; 27] = [
    (
        "goods",
        "The garden bench has gone green and one of its slats came adrift the first time that my brother-in-law sat down on it. I expected better for two hundred pounds.",
    ),
    (
        "goods",
        "What is the good of a torch that will not light? I tried three lots of batteries in it.",
    ),
    (
        "goods",
        "I am sorry to trouble you, but the second of the two pillowcases is an inch shorter than its fellow and the embroidery has begun to come away at one corner.",
    ),
    (
        "delivery",
        "I was promised my new cooker by the end of August. September has come and gone and we are still eating sandwiches. Please tell me where it has got to.",
    ),
    (
        "delivery",
        "The flowers were meant for my mother's funeral tea and came the day after. You can guess how we felt.",
    ),
    (
        "delivery",
        "Your driver threw the box over the back gate and into the pond.",
    ),
    (
        "billing",
        "You say that I am two months behind with my payments. I am not. Enclosed are copies of both cheques with your stamp on the back.",
    ),
    ("billing", "Why was I made to pay VAT on a child's coat?"),
    (
        "billing",
        "On going through the receipt at home I found a bottle of whisky on it. I am a Methodist. Kindly let me have the £18 back.",
    ),
    (
        "staff",
        "I have been a teacher for thirty years and would not keep on a pupil who behaved as your young man in Hardware did to me on Tuesday.",
    ),
    (
        "staff",
        "My complaint is about the telephonist. She kept me hanging on for forty minutes, told me that it was not her job and cut me off.",
    ),
    (
        "staff",
        "Your manageress looked my daughter up and down and said that there was nothing in the shop in her size. The poor child has hardly eaten since.",
    ),
    (
        "data_privacy",
        "How did you come by my daughter's e-mail address? She is eleven. I want it wiped and I want to be told that it has been.",
    ),
    (
        "data_privacy",
        "I found my own order form, with my signature and card number on it, blowing about in your car park among a lot of others.",
    ),
    (
        "data_privacy",
        "Please correct the record that you keep of me. My date of birth is wrong and you have me down as a man.",
    ),
    (
        "praise",
        "Thank you, thank you, thank you. The rocking horse came on Christmas Eve and you should have seen his face.",
    ),
    (
        "praise",
        "The lad who helped me with my flat tyre in your car park would not give his name. He wore a blue tie. I should like him to know that an old woman thinks the world of him.",
    ),
    (
        "praise",
        "I have nothing to complain of. I only wanted to let you know that the repair to my bracelet is so neat that I cannot find it, and that your charges were very fair.",
    ),
    (
        "cancellation",
        "I should like to give notice on the window-cleaning plan from the first of next month. Kindly confirm.",
    ),
    (
        "cancellation",
        "Regarding the carpet ordered on the 2nd: my landlord will not have it. Please call it off before you cut it.",
    ),
    (
        "cancellation",
        "I do not wish to be a member of the wine club any longer. The last case goes back to you unopened.",
    ),
    (
        "enquiry",
        "Could you let me know the measurements of the Windsor bookcase and whether it comes in walnut?",
    ),
    (
        "enquiry",
        "Do your restaurants cater for coeliacs? There will be six of us on the Saturday.",
    ),
    (
        "enquiry",
        "I seem to remember that you used to engrave tankards. Is that still so, and how long does it take?",
    ),
    (
        "loyalty",
        "Eight hundred points have disappeared from my card since last week, and I have bought nothing with them.",
    ),
    (
        "loyalty",
        "The coupon in the Sunday paper was turned down at the till although it was good until the 30th.",
    ),
    (
        "loyalty",
        "I have just joined your club and the welcome gift that the leaflet speaks of has not been put on my card.",
    ),
];
