"""Tests of braid.py: python3 -m unittest, with BRAID_CLASSPATH set."""

import copy
import math
import pickle
import random
import unittest

import numpy

import braid

SMALL = {"preset": "driftmoe-data", "experts": "hoeffding-tree(grace-period=50)*4", "top_k": 2}


def stream(count, seed=1):
    draw = random.Random(seed)
    for i in range(count):
        x = {"a": draw.random(), "b": draw.random(), "c": f"v{draw.randrange(3)}"}
        if i % 7 == 0:
            x["b"] = None
        yield x, "high" if x["a"] + int(x["c"][1]) > 1.2 else "low"


def arrays(count, seed=1):
    X = numpy.random.default_rng(seed).random((count, 4))
    X[::9, 1] = math.nan
    return X, numpy.where(X[:, 0] + X[:, 2] > 1, 5, 3)


def run(model, events):
    guesses = []
    for x, y in events:
        guesses.append((model.predict_one(x), model.predict_proba_one(x)))
        model.learn_one(x, y)
    return guesses


class ClassifierTest(unittest.TestCase):
    def test_learns_from_dicts(self):
        guesses = run(braid.Classifier(), stream(1000))
        right = sum(g[0] == y for g, (_, y) in zip(guesses[500:], list(stream(1000))[500:]))
        self.assertGreater(right, 450)
        self.assertEqual((None, {}), guesses[0])
        self.assertAlmostEqual(1, sum(guesses[-1][1].values()))

    def test_one_seed_gives_one_result(self):
        first = run(braid.Classifier(seed=3), stream(300))
        self.assertEqual(first, run(braid.Classifier(seed=3), stream(300)))

    def test_predicting_leaves_no_trace(self):
        quiet, asked = braid.Classifier(**SMALL), braid.Classifier(**SMALL)
        for x, y in stream(300):
            asked.predict_proba_one({**x, "other": 1, "c": "never seen"})
            quiet.learn_one(x, y)
            asked.learn_one(x, y)
        self.assertEqual(quiet.__getstate__()["image"], asked.__getstate__()["image"])

    def test_goes_on_from_a_pickle_and_a_copy_to_the_last_bit(self):
        events = list(stream(600))
        model = braid.Classifier()
        run(model, events[:300])
        copies = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
        rest = run(model, events[300:])
        for other in copies:
            self.assertEqual(rest, run(other, events[300:]))

    def test_arrays_are_learned_as_dicts_are(self):
        X, y = arrays(320)
        many, one = braid.Classifier(), braid.Classifier()
        for model in (many, one):  # Both classes are known from here on.
            model.learn_many(X[:20], y[:20])
        expected = []
        for row, label in zip(X[20:], y[20:]):
            x = {f"x{i}": float(value) for i, value in enumerate(row)}
            expected.append(one.predict_one(x))
            one.learn_one(x, label)
        guesses = many.test_then_train(X[20:], y[20:])
        self.assertEqual(expected, guesses)
        self.assertEqual(one.predict_many(X), many.predict_many(X))
        self.assertGreater(sum(guesses[100:] == y[120:]), 170)
        proba = many.predict_proba_many(X[:10])
        self.assertEqual((10, 2), proba.shape)
        row = {f"x{i}": float(value) for i, value in enumerate(X[0])}
        self.assertEqual(many.predict_proba_one(row), dict(zip(many.classes, map(float, proba[0]))))

    def test_classes_keep_their_types(self):
        model = braid.Classifier(**SMALL)
        for y in (1, "1", True, (2, 3)):
            model.learn_one({"a": 1.0}, y)
        self.assertEqual([1, "1", (2, 3)], model.classes)

    def test_says_what_is_wrong(self):
        model = braid.Classifier(**SMALL)
        model.learn_one({"a": 1}, "x")
        for wrong, call in {
            "'a' is a number in this model, and 'warm' is none": lambda: model.learn_one(
                {"a": "warm"}, "x"
            ),
            "X has 3 columns, and the model 1 features": lambda: model.predict_many([[1, 2, 3]]),
            "X has the shape (2,); it must be (events, features)": lambda: model.learn_many(
                [1, 2], ["x", "x"]
            ),
            "X has 1 events, and y 2": lambda: model.learn_many([[1]], ["x", "x"]),
        }.items():
            with self.assertRaises(ValueError) as caught:
                call()
            self.assertEqual(wrong, str(caught.exception))
        with self.assertRaises(ValueError) as caught:
            braid.Classifier(top_kk=1)
        self.assertIn("has no option 'top-kk'", str(caught.exception))
        with self.assertRaises(ValueError) as caught:
            braid.Classifier("bread")
        self.assertIn("there is no preset 'bread'", str(caught.exception))


def numbers(count, seed=1):
    for x, _ in stream(count, seed):
        yield x, 10 * x["a"] + (x["b"] or 0.5) + int(x["c"][1])


SMALL_OF_NUMBERS = {"experts": "rls+last-value+mean"}


class RegressorTest(unittest.TestCase):
    def test_learns_numbers_with_intervals_from_dicts(self):
        model, errors, held = braid.Regressor(**SMALL_OF_NUMBERS), [], []
        for i, (x, y) in enumerate(numbers(1500)):
            guess, interval = model.predict_one(x), model.predict_interval_one(x)
            if i == 0:
                self.assertEqual((None, None), (guess, interval))
            elif i >= 500:
                errors.append(abs(guess - y))
                held.append(interval[0] <= y <= interval[1])
            model.learn_one(x, y)
        self.assertLess(sum(errors) / len(errors), 0.5)
        self.assertAlmostEqual(0.9, sum(held) / len(held), delta=0.05)

    def test_goes_on_from_a_pickle_and_a_copy_to_the_last_bit(self):
        events, model = list(numbers(400)), braid.Regressor(seed=5, **SMALL_OF_NUMBERS)
        for x, y in events[:200]:
            model.learn_one(x, y)
        models = [model, pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
        said = []
        for one in models:
            said.append([])
            for x, y in events[200:]:
                said[-1].append((one.predict_one(x), one.predict_interval_one(x)))
                one.learn_one(x, y)
        self.assertEqual(said[0], said[1])
        self.assertEqual(said[0], said[2])

    def test_arrays_are_learned_as_dicts_are(self):
        X = numpy.random.default_rng(2).random((300, 3))
        y = X @ numpy.array([3.0, -2.0, 1.0])
        many, one = (braid.Regressor(**SMALL_OF_NUMBERS) for _ in range(2))
        guesses, expected = many.test_then_train(X, y), []
        for row, target in zip(X, y):
            x = {f"x{i}": float(value) for i, value in enumerate(row)}
            expected.append(one.predict_one(x))
            one.learn_one(x, float(target))
        self.assertEqual(expected, guesses)
        self.assertEqual(one.predict_many(X), many.predict_many(X))

    def test_says_what_is_wrong(self):
        model = braid.Regressor(**SMALL_OF_NUMBERS)
        for y, said in {
            "high": "'y' is a number in this model, and 'high' is none",
            math.inf: "inf cannot be learned: it is no finite number",
        }.items():
            with self.assertRaises(ValueError) as caught:
                model.learn_one({"a": 1}, y)
            self.assertEqual(said, str(caught.exception))
        with self.assertRaises(ValueError) as caught:
            braid.Regressor("driftmoe-data")
        self.assertIn("driftmoe-data", str(caught.exception))


class SameBitsTest(unittest.TestCase):
    def test_prints_what_the_library_is_compared_with(self):
        model, lines = braid.Classifier(seed=7), []
        for i in range(400):
            x = {"a": (i * 37 % 101) / 101, "b": (i * 53 % 97) / 97}
            p = model.predict_proba_one(x)
            lines.append(" ".join(["bits", *(repr(v) for v in p.values())]))
            model.learn_one(x, "up" if x["a"] > x["b"] else "down")
        print("\n" + "\n".join(lines))


if __name__ == "__main__":
    unittest.main()
