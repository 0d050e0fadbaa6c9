"""Trains and measures the classifier that helps the rules with topics.

Words, or words and word pairs, weighed by TF-IDF, multinomial logistic regression on them, in which every
topic counts the same however rare. Whether pairs help, and how strongly it is held back (L2), is chosen by
cross-validation within the training part of each fold: what is measured was never chosen by. Probabilities are calibrated by one
temperature, and the threshold is the lowest that proves the share of right answers that was asked for.
The same texts, seed and packages give the same model.
"""

import argparse
import csv
import datetime
import os
import sys
import warnings
from collections import Counter

import blake3
import numpy as np
from scipy.optimize import minimize_scalar
from scipy.stats import beta
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

# A word that stands in fewer texts is not kept: it tells little, and may be somebody's name.
LEAST_TEXTS = 3
# A topic with fewer texts cannot be learnt and measured in the folds within folds.
LEAST_OF_A_TOPIC = 10
# What is tried: words alone or pairs too, and how freely weights may grow.
GRID = [(cut, strength) for cut in ("words", "pairs") for strength in (3.0, 10.0, 30.0)]
OUTER, INNER = 10, 5
LONGEST = 40


class Letters(dict):
    """Keeps letters and apostrophes; everything else parts words."""

    def __missing__(self, code):
        sign = chr(code)
        self[code] = "" if sign in "'’" else sign if sign.isalpha() else " "
        return self[code]


LETTERS = Letters()


def terms(text):
    """The words and pairs of a text: src/rules/classifier/terms.rs cuts in the same way."""
    alone = words(text)
    return alone + [f"{one} {two}" for one, two in zip(alone, alone[1:])]


def words(text):
    """The words of a text."""
    found = (word.lower() for word in text.translate(LETTERS).split())
    return [word for word in found if 2 <= len(word) <= LONGEST]


def vectorizer(cut, **other):
    options = {"analyzer": terms if cut == "pairs" else words, "min_df": LEAST_TEXTS, "sublinear_tf": True}
    return TfidfVectorizer(**options | other)


def regression(strength, weight="balanced"):
    return LogisticRegression(C=strength, class_weight=weight, max_iter=300, tol=1e-4)


def pipeline(setting):
    cut, strength = setting
    return make_pipeline(vectorizer(cut), regression(strength))


def folds(count, labels, seed):
    """At most so many folds, each with every topic."""
    count = min(count, min(Counter(labels).values()))
    return StratifiedKFold(count, shuffle=True, random_state=seed).split(labels, labels)


def chosen(texts, labels, seed):
    """The setting that is best in folds of these texts alone, by accuracy and macro-F1 together."""
    scores = np.zeros(len(GRID))
    for train, check in folds(INNER, labels, seed):
        for at, setting in enumerate(GRID):
            said = pipeline(setting).fit(texts[train], labels[train]).predict(texts[check])
            right = (said == labels[check]).mean()
            scores[at] += right + f1_score(labels[check], said, average="macro")
    return GRID[int(scores.argmax())]


def tempered(sums, labels, topics):
    """The temperature that makes probabilities as often right as they say. As many texts prove no more
    than so much: the truth counts as Platt (1999) has it, so that nothing becomes certain."""
    truth = np.searchsorted(topics, labels)
    doubt = (len(topics) - 1) / (len(labels) + len(topics))

    def loss(log_temperature):
        z = sums / np.exp(log_temperature)
        z = z - z.max(axis=1, keepdims=True)
        told = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        of_truth = told[np.arange(len(z)), truth]
        of_others = (told.sum(axis=1) - of_truth) / (len(topics) - 1)
        return -((1 - doubt) * of_truth + doubt * of_others).mean()

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def softmax(sums):
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def sums_of(model, x):
    """One sum for each topic; scikit-learn has one in all where there are two topics."""
    z = model.decision_function(x)
    return np.column_stack([-z / 2, z / 2]) if z.ndim == 1 else z


def held_out(texts, labels, seed, say):
    """The probabilities of each text by a model that never saw it, setting and temperature likewise."""
    topics = np.unique(labels)
    likely, sums = np.zeros((len(labels), len(topics))), np.zeros((len(labels), len(topics)))
    for number, (train, test) in enumerate(folds(OUTER, labels, seed)):
        setting = chosen(texts[train], labels[train], seed)
        inner = np.zeros((len(train), len(topics)))
        for part, check in folds(INNER, labels[train], seed):
            model = pipeline(setting).fit(texts[train][part], labels[train][part])
            inner[check] = sums_of(model, texts[train][check])
        temperature = tempered(inner, labels[train], topics)
        model = pipeline(setting).fit(texts[train], labels[train])
        sums[test] = sums_of(model, texts[test])
        likely[test] = softmax(sums[test] / temperature)
        say(f"fold {number + 1}: {setting[0]}, strength {setting[1]:g}, temperature {temperature:.2f}")
    return likely, sums


def peer(make, texts, labels, seed):
    """The same for another method: what it says, and how sure it is."""
    said, sure = np.empty(len(labels), dtype=object), np.zeros(len(labels))
    for train, test in folds(OUTER, labels, seed):
        model = make().fit(texts[train], labels[train])
        told = model.predict_proba if hasattr(model, "predict_proba") else lambda t: sums_of(model, t)
        scores = told(texts[test])
        said[test] = model.classes_[scores.argmax(axis=1)]
        ranked = np.sort(scores, axis=1)
        sure[test] = ranked[:, -1] - (0 if hasattr(model, "predict_proba") else ranked[:, -2])
    return said, sure


def numbers(labels, said, sure, seed):
    """Accuracy, macro-F1, accuracy of the surest 80 %, each with a 95 % interval by bootstrap over texts."""

    def all_three(rows):
        truth, answers = labels[rows], said[rows]
        first = rows[np.argsort(-sure[rows], kind="stable")[: round(0.8 * len(rows))]]
        topics = np.unique(labels)
        return (
            (truth == answers).mean(),
            f1_score(truth, answers, average="macro", labels=topics, zero_division=0),
            (labels[first] == said[first]).mean(),
        )

    dice = np.random.default_rng(seed)
    drawn = np.array([all_three(dice.integers(0, len(labels), len(labels))) for _ in range(1000)])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    return [f"{v:.3f} ({a:.3f} to {b:.3f})" for v, a, b in zip(all_three(np.arange(len(labels))), low, high)]


def at_least(right, tried):
    """The share of right answers is at least this, with 95 % confidence (Clopper and Pearson 1934)."""
    return float(beta.ppf(0.05, right, tried - right + 1)) if right else 0.0


def proven(likely, labels, topics, wanted):
    """The lowest threshold that proves the share wanted. Shares of the texts are tried from a fifth
    upwards, in an order that was fixed before, and the first that fails ends the search: so the one that
    is taken holds with 95 % confidence although several were tried (fixed-sequence testing)."""
    sure = likely.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    right = (topics[likely.argmax(axis=1)] == labels)[order]
    # Twice as many as prove it where all are right.
    least = 2 * int(np.ceil(np.log(0.05) / np.log(wanted)))
    best = None
    for percent in range(20, 101, 5):
        tried = round(len(labels) * percent / 100)
        if tried < least:
            continue
        if at_least(int(right[:tried].sum()), tried) < wanted:
            break
        best = (float(sure[order[tried - 1]]), tried, int(right[:tried].sum()))
    return best


def labelled(reader, path, text_column, topic_column):
    """Each text of the table with its topics."""
    for column in (text_column, topic_column):
        if column not in (reader.fieldnames or []):
            sys.exit(f"{path}: there is no column '{column}'; it has {', '.join(reader.fieldnames or [])}")
    topics = {}
    for row in reader:
        # A topic stands on one line of the model, between tabs.
        text, topic = (row[text_column] or "").strip(), " ".join((row[topic_column] or "").split())
        if text and topic:
            topics.setdefault(text, set()).add(topic)
        else:
            print(f"line {reader.line_num}: a text without topic, or a topic without text, left out", file=sys.stderr)
    return topics


def read(path, text_column, topic_column):
    """Texts and topics; the same text twice is one text, and with two topics it is none."""
    csv.field_size_limit(10_000_000)
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            topics = labelled(csv.DictReader(file), path, text_column, topic_column)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        sys.exit(f"{path}: {error}; it is a CSV file in UTF-8")
    texts = [(text, next(iter(named))) for text, named in topics.items() if len(named) == 1]
    if len(texts) < len(topics):
        print(f"{len(topics) - len(texts)} texts have two topics each, left out", file=sys.stderr)
    counts = Counter(topic for _, topic in texts)
    for topic, count in sorted(counts.items()):
        if count < LEAST_OF_A_TOPIC:
            print(f"'{topic}' has {count} texts, fewer than {LEAST_OF_A_TOPIC}: not learnt", file=sys.stderr)
    texts = [(text, topic) for text, topic in texts if counts[topic] >= LEAST_OF_A_TOPIC]
    if len({topic for _, topic in texts}) < 2:
        sys.exit(f"{path}: at least two topics with {LEAST_OF_A_TOPIC} different texts each are needed")
    return np.array([t for t, _ in texts], dtype=object), np.array([t for _, t in texts], dtype=object)


def written(counts, model, temperature, threshold, topics):
    """The model's file: src/rules/classifier/file.rs says how it is laid out."""
    line = lambda name, values: "\t".join([name, *values])
    brief = lambda value: f"{value:.6g}"
    coefficients, constants = model.coef_, model.intercept_
    if len(topics) == 2:
        coefficients = np.vstack([-coefficients[0] / 2, coefficients[0] / 2])
        constants = np.array([-constants[0] / 2, constants[0] / 2])
    lines = [
        line("topics", topics),
        # As many digits as there are: a rounded threshold could be above what was proven.
        line("threshold", [repr(threshold)]),
        line("constants", [repr(float(c / temperature)) for c in constants]),
    ]
    for term, at in sorted(counts.vocabulary_.items()):
        own = coefficients[:, at] / temperature
        lines.append(line(term, [brief(counts.idf_[at]), *map(brief, own)]))
    body = ("\n".join(lines) + "\n").encode()
    return b"postroom-topics\t1\t" + blake3.blake3(body).hexdigest().encode() + b"\n" + body


def probabilities(data, texts):
    """What a written model says, by nothing but its file: the golden numbers of the tests."""
    lines = data.decode().splitlines()[1:]
    topics = lines[0].split("\t")[1:]
    constants = np.array([float(c) for c in lines[2].split("\t")[1:]])
    known = {cells[0]: np.array(cells[1:], dtype=float) for cells in (line.split("\t") for line in lines[3:])}
    told = []
    for text in texts:
        counts = {term: n for term, n in Counter(terms(text)).items() if term in known}
        often = {term: (1 + np.log(n)) * known[term][0] for term, n in counts.items()}
        length = np.sqrt(sum(x * x for x in often.values())) or 1.0
        sums = constants + sum(x / length * known[term][1:].astype(np.float32).astype(float) for term, x in often.items())
        told.append(dict(zip(topics, softmax(np.atleast_2d(sums))[0])))
    return told


def card(args, labels, setting, temperature, proof, table, digest, size):
    """What the model is worth, for people."""
    threshold, tried, right = proof
    counts = "\n".join(f"| {topic} | {count} |" for topic, count in sorted(Counter(labels).items()))
    return f"""# A classifier of topics

`{os.path.basename(args.model)}`, {size} bytes, BLAKE3 `{digest}`, trained on {datetime.date.today()} by `scripts/train/topics`
with seed {args.seed}: TF-IDF of {"words and word pairs" if setting[0] == "pairs" else "words"}, multinomial logistic regression
(strength {setting[1]:g}, every topic counts the same), temperature {temperature:.3f}.

It holds what stands in at least {LEAST_TEXTS} texts, word by word, and no text. Names that often occur may be
among them: keep it as you keep the texts.

Measured on texts that it had not seen, {OUTER}-fold, with 95 % intervals:

{table}

Sure from {threshold:.3f} on: of the {tried} surest of {len(labels)} texts ({tried / len(labels):.0%}) {right} were right, which proves
{at_least(right, tried):.3f} or more with 95 % confidence (asked for: {args.right:g}). That holds for texts like these.

| topic | texts |
|---|---|
{counts}
"""


def parsed():
    parser = argparse.ArgumentParser(prog="scripts/train/topics", description=__doc__.splitlines()[0])
    parser.add_argument("texts", help="a CSV file with the columns text and topic, in UTF-8")
    parser.add_argument("model", nargs="?", help="the file to write; its card is written beside it, with .md")
    parser.add_argument("--measure", action="store_true", help="only measure, beside other methods")
    parser.add_argument("--right", type=float, default=0.9, help="share of its sure answers that must be right [0.9]")
    parser.add_argument("--text-column", default="text", help="name of the column of texts [text]")
    parser.add_argument("--topic-column", default="topic", help="name of the column of topics [topic]")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn by lot [1]")
    args = parser.parse_args()
    if args.measure == (args.model is not None):
        parser.error("name the model to write, or --measure")
    if not 0.5 <= args.right < 1:
        parser.error("--right is a share from 0.5 to below 1")
    return args


PEERS = {
    "words alone, strength 10": lambda: pipeline(("words", 10.0)),
    "words and pairs, strength 10": lambda: pipeline(("pairs", 10.0)),
    "pieces of 3 to 5 letters, strength 10": lambda: make_pipeline(vectorizer("", analyzer="char_wb", ngram_range=(3, 5)), regression(10.0)),
    "words alone, topics as frequent as they are": lambda: make_pipeline(vectorizer("words"), regression(10.0, None)),
    "linear SVM, words": lambda: make_pipeline(vectorizer("words"), LinearSVC(C=0.3, class_weight="balanced")),
    "complement naive Bayes, words": lambda: make_pipeline(vectorizer("words"), ComplementNB()),
    "always the commonest topic": lambda: Commonest(),
}


class Commonest:
    def fit(self, _, labels):
        self.classes_, self.counts = np.unique(labels, return_counts=True)
        return self

    def predict_proba(self, texts):
        return np.tile(self.counts / self.counts.sum(), (len(texts), 1))


def shorts(data_of, texts, labels, seed, threshold, topics):
    """How often a model is sure of the first words alone, and right: with too few words it must not be heard."""
    print("\n| first words of a text | sure | of these right |\n|---|---|---|")
    rows = {n: [0, 0, 0] for n in (1, 2, 3, 5, 8, 12, 20, 40)}
    for train, test in folds(OUTER, labels, seed):
        data = data_of(texts[train], labels[train])
        for number, row in rows.items():
            # Words that the model does not know do not count, as they do not for the program.
            known = {line.split("\t")[0] for line in data.decode().splitlines()[4:]}
            firsts = [" ".join([w for w in t.translate(LETTERS).split() if w.lower() in known][:number]) for t in texts[test]]
            for told, topic in zip(probabilities(data, firsts), labels[test]):
                best = max(told, key=told.get)
                row[0] += 1
                row[1] += told[best] >= threshold
                row[2] += told[best] >= threshold and best == topic
    for number, (tried, sure, right) in rows.items():
        print(f"| {number} | {sure / tried:.2f} | {right / sure if sure else 0:.2f} ({right} of {sure}) |")


def main():
    args = parsed()
    warnings.simplefilter("ignore", ConvergenceWarning)
    texts, labels = read(args.texts, args.text_column, args.topic_column)
    topics = np.unique(labels)
    say = lambda line: print(line, file=sys.stderr, flush=True)
    say(f"{len(texts)} different texts, {len(topics)} topics")
    likely, sums = held_out(texts, labels, args.seed, say)
    said = topics[likely.argmax(axis=1)]
    table = ["| | accuracy | macro-F1 | accuracy at 80 % coverage |", "|---|---|---|---|"]
    row = lambda name, said, sure: "| " + " | ".join([name, *numbers(labels, said, sure, args.seed)]) + " |"
    table.append(row("this model", said, likely.max(axis=1)))
    if args.measure:
        for name, make in PEERS.items():
            table.append(row(name, *peer(make, texts, labels, args.seed)))
    table = "\n".join(table)
    print(table)
    error = np.abs([(likely.max(axis=1)[b] - (said == labels)[b]).mean() * b.mean() for b in bins(likely.max(axis=1))]).sum()
    print(f"\nProbabilities differ from shares of right answers by {error:.3f} (ten bins).\n\n| topic | texts | precision | recall |\n|---|---|---|---|")
    for topic in topics:
        hit = ((said == topic) & (labels == topic)).sum()
        print(f"| {topic} | {(labels == topic).sum()} | {hit / max(1, (said == topic).sum()):.2f} | {hit / (labels == topic).sum():.2f} |")
    proof = proven(likely, labels, topics, args.right)
    if proof is None:
        print(f"\nNo threshold proves that {args.right:g} of its sure answers are right: more texts are needed, or a lower --right.")
        sys.exit(0 if args.measure else 1)
    print(f"\nSure from {proof[0]:.3f} on: {proof[1]} of {len(labels)} texts, {proof[2]} of them right, at least {at_least(proof[2], proof[1]):.3f} with 95 % confidence.")
    setting = chosen(texts, labels, args.seed)
    temperature = tempered(sums, labels, topics)

    def data_of(texts, labels):
        counts = vectorizer(setting[0])
        model = regression(setting[1]).fit(counts.fit_transform(texts), labels)
        return written(counts, model, temperature, proof[0], list(topics))

    if args.measure:
        return shorts(data_of, texts, labels, args.seed, proof[0], topics)
    data = data_of(texts, labels)
    digest = blake3.blake3(data).hexdigest()
    for path, content in ((args.model, data), (args.model + ".md", card(args, labels, setting, temperature, proof, table, digest, len(data)).encode())):
        with open(path + ".part", "wb") as file:
            file.write(content)
        os.replace(path + ".part", path)
    print(f"\nWritten: {args.model} ({len(data)} bytes, {len(data.splitlines()) - 4} words and pairs) and {args.model}.md. Name it in postroom.toml: [rules] classifier = ...")


def bins(sure):
    edges = np.linspace(0, 1, 11)
    found = [(sure > low) & (sure <= high) for low, high in zip(edges, edges[1:])]
    return [b for b in found if b.any()]


if __name__ == "__main__":
    main()
