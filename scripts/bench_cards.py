"""Tables of what `cards read` says of handprint: for scripts/bench and scripts/train."""

from collections import defaultdict
from math import exp, lgamma, log

# Digits only, letters only: what a field's grammar leaves of the characters.
DIGIT_KINDS = {"phone", "date_of_birth", "member_number", "number"}
LETTER_KINDS = {"title", "first_name", "surname", "town", "county"}


def clopper_pearson(count, of, confidence=0.95):
    """The exact interval of a share (Clopper and Pearson 1934), by bisection of the binomial tails."""
    if of == 0:
        return 0.0, 1.0

    def tail(p, most):
        """The probability of at most `most` of them."""
        if p <= 0:
            return 1.0
        if p >= 1:
            return float(most >= of)
        total = 0.0
        for k in range(most + 1):
            total += exp(lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1) + k * log(p) + (of - k) * log(1 - p))
        return min(total, 1.0)

    # The sums are short: what is counted are errors, or what is left of them.
    if count > of / 2:
        low, high = clopper_pearson(of - count, of, confidence)
        return 1 - high, 1 - low
    half = (1 - confidence) / 2

    def solve(below):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if below(middle) else (low, middle)
        return low

    lower = 0.0 if count == 0 else solve(lambda p: 1 - tail(p, count - 1) < half)
    upper = 1.0 if count == of else solve(lambda p: tail(p, count) > half)
    return lower, upper


def share(count, of):
    """`1.23 % (0.98-1.50) of 5000`."""
    if of == 0:
        return "-"
    low, high = clopper_pearson(count, of)
    return f"{100 * count / of:.2f} % ({100 * low:.2f}-{100 * high:.2f}) of {of}"


class Characters:
    """How many of the characters that were written were read, by class."""

    def __init__(self):
        self.counts = defaultdict(lambda: [0, 0, 0])

    def add(self, field):
        kinds = of_boxes(field)
        for at, (true, raw, letter, digit, _) in enumerate(field["boxes"]):
            if len(true.strip()) != 1 or true == "\u2588":
                continue
            group = "capitals" if true.isalpha() else "digits" if true.isdigit() else "punctuation"
            read = likeliest(kinds[at], true, raw, letter, digit)
            # Nothing but the ink tells an I in an e-mail address from a 1.
            groups = [group, f"{group} in e-mail addresses"] if field["kind"] == "email" else [group]
            for count in (self.counts[name] for name in groups):
                count[0] += 1
                count[1] += raw == true
                count[2] += read == true

    def rows(self):
        for group, (of, raw, grammar) in sorted(self.counts.items()):
            yield f"| {group} | {of} | {100 * raw / of:.2f} % | {share(grammar, of)} |"


def by_grammar(field):
    """Whether each box has the likeliest character of those that the field may have there."""
    kinds = of_boxes(field)
    for at, (true, raw, letter, digit, _) in enumerate(field["boxes"]):
        if len(true.strip()) == 1 and true != "\u2588" and likeliest(kinds[at], true, raw, letter, digit) != true:
            return False
    return True


def of_boxes(field):
    """What each box may have by the field's grammar: letters, digits, or any. A postcode begins with
    a letter and ends with a digit and two letters; what stands between may be either."""
    boxes = field["boxes"]
    if field["kind"] in DIGIT_KINDS or field["kind"] in LETTER_KINDS:
        return ["digit" if field["kind"] in DIGIT_KINDS else "letter"] * len(boxes)
    kinds = ["any"] * len(boxes)
    if field["kind"] == "postcode":
        written = [at for at, box in enumerate(boxes) if box[0].strip()]
        if len(written) >= 5:
            kinds[written[0]] = "letter"
            for at, kind in zip(written[-3:], ("digit", "letter", "letter")):
                kinds[at] = kind
    return kinds


def likeliest(kind, true, raw, letter, digit):
    """The likeliest character of a box's kind; punctuation stays what it is read as."""
    return {"letter": letter, "digit": digit, "any": raw}[kind] if true.isalnum() else raw


class Fields:
    """One kind of field: as read, as matched, accepted."""

    def __init__(self):
        self.of = self.raw_wrong = self.wrong = self.accepted = self.accepted_wrong = self.grammar_wrong = 0
        self.spoiled = self.spoiled_accepted = self.raw_right = self.filled_in = 0

    def add(self, field, accepted):
        if not field["meant"]:
            # A value made out of an empty field is worse than any misreading.
            self.filled_in += accepted
            return
        self.of += 1
        self.raw_wrong += not field["as_read_right"]
        self.raw_right += field["as_read_right"]
        self.grammar_wrong += not by_grammar(field)
        self.wrong += not field["right"]
        self.accepted += accepted
        self.accepted_wrong += accepted and not field["right"]
        spoiled = field["as_read_right"] and not field["right"]
        self.spoiled += spoiled
        self.spoiled_accepted += spoiled and accepted

    def row(self, kind):
        coverage = share(self.accepted, self.of)
        return (
            f"| {kind} | {self.of} | {100 * self.raw_wrong / max(self.of, 1):.2f} % "
            f"| {100 * self.grammar_wrong / max(self.of, 1):.2f} % | {100 * self.wrong / max(self.of, 1):.2f} % "
            f"| {share(self.accepted_wrong, self.accepted)} | {coverage} "
            f"| {self.spoiled} of {self.raw_right}, {self.spoiled_accepted} accepted | {self.filled_in} |"
        )


def tables(cards):
    """Everything about some cards, as Markdown."""
    characters, fields = Characters(), defaultdict(Fields)
    straight = wrong_cards = missed = to_people = written = false_consents = no_consents = 0
    for card in cards:
        if "fields" not in card:
            missed += 1
            continue
        false_consents += card["ticks"][0]
        no_consents += card["ticks"][1]
        any_wrong, any_review = False, False
        for field in card["fields"]:
            if field["kind"] == "free_text":
                continue
            characters.add(field)
            accepted = field["accepted"]
            fields[field["kind"]].add(field, accepted)
            length = len(field["written"].replace(" ", ""))
            written += length
            if accepted:
                any_wrong |= not field["right"]
            elif field["meant"] or not field["empty"] and field["as_read"]:
                any_review = True
                to_people += length
        straight += not any_review
        wrong_cards += any_wrong
    of = len(cards)
    lines = [f"{of} cards, {missed} not recognised.", "", "| characters | n | raw | by the field's grammar |", "|---|---|---|---|"]
    lines += characters.rows()
    lines += [
        "",
        "| field | n | as read wrong | by grammar | forced error | accepted wrong | coverage | right readings changed | made of nothing |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [fields[kind].row(kind) for kind in sorted(fields)]
    lines += [
        "",
        f"cards with any wrong accepted field: {share(wrong_cards, of)}",
        f"cards straight through: {share(straight, of)}",
        f"characters in fields that go to people: {share(to_people, written)}",
        f"false consents: {share(false_consents, no_consents)} boxes that gave none",
    ]
    return "\n".join(lines)


def peers(cards):
    """What others make of the same fields, where `cards read --peers` asked them."""
    counts = defaultdict(lambda: [0, 0, 0, 0, 0])
    for card in cards:
        for field in card.get("fields", []):
            if field["meant"] and "tesseract_right" in field:
                count = counts[field["kind"]]
                count[0] += 1
                for at, name in enumerate(["tesseract_right", "as_read_right", "nearest_right", "right"], 1):
                    count[at] += not field[name]
    lines = ["| field | n | Tesseract | likeliest characters | and the nearest entry | ours |", "|---|---|---|---|---|---|"]
    for kind, (of, *wrong) in sorted(counts.items()):
        lines.append(f"| {kind} | {of} | " + " | ".join(f"{100 * count / of:.1f} %" for count in wrong) + " |")
    return "\n".join(lines)


# The surest readings.
SURE = 0.995


def ablations(runs):
    """Of the same cards, read without this or that: wrong of all, and of the surest readings."""
    fields = ["postcode", "town", "street", "surname", "first_name"]
    lines = ["| without | " + " | ".join(fields) + " |", "|---|" + "---|" * len(fields)]
    posterior = lambda field: 1 / (1 + exp(-field["signs"][0]))
    calibrated = lambda field: field["p"]
    asked = [(name, cards, calibrated) for name, cards in runs.items()]
    asked += [("calibration", runs["nothing"], posterior)]
    for name, cards, probability in asked:
        cells = []
        for kind in fields:
            read = [field for card in cards for field in card.get("fields", []) if field["kind"] == kind and field["meant"]]
            read = [field for field in read if field["value"] is not None]
            wrong = sum(not field["right"] for field in read)
            sure = [field for field in read if probability(field) >= SURE]
            sure_wrong = sum(not field["right"] for field in sure)
            cells.append(f"{100 * wrong / max(len(read), 1):.2f} %; {sure_wrong} of {len(sure)}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
