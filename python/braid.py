"""Braid for Python: learners that predict and learn one event at a time, over JPype.

    import braid

    model = braid.Classifier()          # or braid.Regressor(), where y is a number
    for x, y in stream:                 # x is a dict, as in River
        guess = model.predict_one(x)
        model.learn_one(x, y)

Features and classes are found in the events. A feature is nominal if its first value is a str or
a bool, else a number; None and NaN are missing. Arrays go the fast way:

    guesses = model.test_then_train(X, y)       # X of shape (events, features)

The Java virtual machine starts with the first model; braid.start() says how.
"""

import math
import numbers
import os
import pathlib

import jpype

__all__ = ["Classifier", "Regressor", "start"]

# Debian's package keeps JPype's own classes here, where JPype does not look by itself.
_DEBIAN = "/usr/share/java/org.jpype.jar"
_JAR = pathlib.Path(__file__).resolve().parent.parent / "flink-jobs" / "target" / "braid-job.jar"


def start(classpath=None, heap="2g"):
    """Starts the Java virtual machine, if none runs yet.

    classpath: Braid's job jar, or any class path with the module braid-router; by default the
        environment variable BRAID_CLASSPATH, or the jar that the build leaves beside this folder.
    heap: most memory for objects, as Java's -Xmx takes it.
    """
    if jpype.isJVMStarted():
        return
    given = classpath or os.environ.get("BRAID_CLASSPATH")
    if not given and not _JAR.exists():
        raise RuntimeError(
            f"Braid's jar is not there: build it (mvn package) so that {_JAR} exists, or give"
            " braid.start(classpath=...), or set BRAID_CLASSPATH"
        )
    paths = (given or str(_JAR)).split(os.pathsep)
    if os.path.exists(_DEBIAN):
        paths.append(_DEBIAN)
    jpype.startJVM(f"-Xmx{heap}", "-XX:+UseSerialGC", classpath=paths, convertStrings=False)


class _Learner:
    """What learners of classes and of numbers have in common."""

    def __init__(self, preset="braid", seed=1, **options):
        """preset: name of the learner; seed: of everything random in it; further arguments are
        options of the preset, with _ for -, as listed in docs/configuration.md."""
        self._settings = (preset, int(seed), {_option(k): _text(v) for k, v in options.items()})
        self._open(None)

    def _open(self, image):
        start()
        self._router = jpype.JPackage("dev.braid.router")
        self._data = jpype.JPackage("dev.braid.data")
        self._rows = self._router.Rows
        self._prediction = self._router.Prediction()
        self._at = {}
        self._values = []
        if image is None:
            preset, seed, options = self._settings
            spec = self._router.LearnerSpec(
                preset, jpype.JLong(seed), jpype.java.util.HashMap(options)
            )
            try:
                self._learner = self._router.Presets.open(spec, self._no_schema())
            except jpype.java.lang.IllegalArgumentException as refused:
                raise ValueError(str(refused.getMessage())) from None
        else:
            self._learner = self._router.LearnerImage.fromBytes(jpype.JArray(jpype.JByte)(image))
        self._schema = self._learner.schema()
        for feature in self._schema.features():
            self._at[str(feature.name())] = len(self._at)
            self._values.append(
                {str(v): i for i, v in enumerate(feature.values())} if feature.isNominal() else None
            )

    # Saving: pickle and copy.deepcopy work, and go on to the last bit.

    def __getstate__(self):
        image = bytes(self._router.LearnerImage.toBytes(self._learner))
        return {"settings": self._settings, "image": image}

    def __setstate__(self, state):
        self._settings = state["settings"]
        self._open(state["image"])

    # Events as dicts.

    def _learn_schema(self, x):
        """Lets the schema grow by what an event brings."""
        schema = self._schema
        for name, value in x.items():
            if _is_missing(value):
                continue
            at = self._at.get(name)
            if at is None:
                nominal = isinstance(value, (str, bool))
                feature = self._data.Feature
                schema = schema.withFeature(
                    feature.nominal(str(name)) if nominal else feature.numeric(str(name))
                )
                at = self._at[name] = len(self._at)
                self._values.append({} if nominal else None)
            known = self._values[at]
            if known is not None and _text(value) not in known:
                known[_text(value)] = len(known)
                schema = schema.withValue(at, _text(value))
        return schema

    def _grow(self, schema):
        if schema is not self._schema:
            self._learner.grow(schema)
            self._schema = schema

    def _row(self, x):
        """The event as numbers; what the model does not know is left out, or missing."""
        row = [math.nan] * len(self._at)
        for name, value in x.items():
            at = self._at.get(name)
            if at is None or _is_missing(value):
                continue
            known = self._values[at]
            if known is None:
                row[at] = _number(name, value)
            else:
                row[at] = known.get(_text(value), math.nan)
        return jpype.JArray(jpype.JDouble)(row)

    def _check(self, x):
        for name, value in x.items():
            at = self._at.get(name)
            if at is not None and self._values[at] is None and not _is_missing(value):
                _number(name, value)

    def _predict(self, x):
        self._learner.predict(self._row(x), self._prediction)
        return self._prediction

    def learn_one(self, x, y):
        """Learns from one event: x a dict of features, y what it turned out to be."""
        self._check(x)
        target, schema = self._target(y, self._learn_schema(x))
        self._grow(schema)
        self._learner.learn(self._row(x), jpype.JDouble(target))

    # Events as arrays.

    def _matrix(self, X, learning):
        import numpy

        rows = numpy.ascontiguousarray(X, dtype=numpy.float64)
        if rows.ndim != 2:
            raise ValueError(f"X has the shape {rows.shape}; it must be (events, features)")
        known = len(self._at)
        if learning and known == 0:
            self._learn_columns(rows.shape[1])
        elif rows.shape[1] != known:
            raise ValueError(f"X has {rows.shape[1]} columns, and the model {known} features")
        if any(values is not None for values in self._values):
            raise ValueError("this model has features that are no numbers: give it dicts")
        return jpype.JArray(jpype.JDouble, 2)(rows)

    def _learn_columns(self, count):
        features = jpype.java.util.ArrayList()
        for i in range(count):
            features.add(self._data.Feature.numeric(f"x{i}"))
            self._at[f"x{i}"] = i
            self._values.append(None)
        self._grow(self._schema.withFeatures(features))

    def _targets(self, y, count):
        schema = self._schema
        targets = []
        for value in y:
            target, schema = self._target(value, schema)
            targets.append(target)
        if len(targets) != count:
            raise ValueError(f"X has {count} events, and y {len(targets)}")
        self._grow(schema)
        return jpype.JArray(jpype.JDouble)(targets)

    def learn_many(self, X, y):
        """Learns from the rows of an array, one after the other. A model that knows no feature
        yet names the columns x0, x1, ..."""
        rows = self._matrix(X, True)
        self._rows.learn(self._learner, rows, self._targets(y, len(rows)))

    def predict_many(self, X):
        """Predicts each row of an array: a list of what predict_one would say."""
        if not self._at:
            return [None] * len(X)
        return self._outcomes(self._rows.predict(self._learner, self._matrix(X, False)))

    def test_then_train(self, X, y):
        """Predicts each row and then learns from it; a list of what was predicted."""
        rows = self._matrix(X, True)
        targets = self._targets(y, len(rows))
        return self._outcomes(self._rows.testThenTrain(self._learner, rows, targets))


class Classifier(_Learner):
    """Says which class an event has. Classes are whatever can be the key of a dict."""

    def __init__(self, preset="braid", seed=1, **options):
        """As in docs/python.md: the learner's preset, its seed, and options of the preset."""
        self._classes, self._index = [], {}
        super().__init__(preset, seed, **options)

    def _no_schema(self):
        none = jpype.java.util.ArrayList()
        return self._data.Schema(none, none)

    def __getstate__(self):
        return {**super().__getstate__(), "classes": self._classes}

    def __setstate__(self, state):
        self._classes = list(state["classes"])
        self._index = {y: i for i, y in enumerate(self._classes)}
        super().__setstate__(state)

    def _target(self, y, schema):
        index = self._index.get(y)
        if index is None:
            index = self._index[y] = len(self._classes)
            self._classes.append(y)
            # By number, since 1 and "1" are two classes here.
            schema = schema.withClass(f"{index}: {y}")
        return index, schema

    def _outcomes(self, indices):
        return [None if i < 0 else self._classes[int(i)] for i in indices]

    def predict_one(self, x):
        """The class of an event; None while no class is known."""
        index = self._predict(x).label()
        return None if index < 0 else self._classes[int(index)]

    def predict_proba_one(self, x):
        """The probability of each class that is known, as a dict."""
        return dict(zip(self._classes, map(float, self._predict(x).probabilities())))

    def predict_proba_many(self, X):
        """The probability of each class (column, in the order of .classes) for each row."""
        import numpy

        if not self._classes or not self._at:
            return numpy.zeros((len(X), len(self._classes)))
        return numpy.array(self._rows.probabilities(self._learner, self._matrix(X, False)))

    @property
    def classes(self):
        """All classes, in the order in which they came."""
        return list(self._classes)


class Regressor(_Learner):
    """Says which number an event has, and an interval that holds it as often as asked for."""

    def _no_schema(self):
        return self._data.Schema.ofQuantity(jpype.java.util.ArrayList())

    def _target(self, y, schema):
        target = _number("y", y)
        if not math.isfinite(target):
            raise ValueError(f"{y!r} cannot be learned: it is no finite number")
        return target, schema

    def _outcomes(self, numbers_):
        return [_known(number) for number in numbers_]

    def predict_one(self, x):
        """The number of an event; None while none is known."""
        return _known(self._predict(x).number())

    def predict_interval_one(self, x):
        """The ends of the interval around the number, (lower, upper); None while fewer than twenty
        numbers are known. The option interval says how often it is to hold the number."""
        prediction = self._predict(x)
        lower, upper = _known(prediction.lower()), _known(prediction.upper())
        return None if lower is None else (lower, upper)


def _known(number):
    return None if math.isnan(number) else float(number)


def _option(name):
    return name.replace("_", "-")


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_missing(value):
    return value is None or (isinstance(value, numbers.Real) and math.isnan(value))


def _number(name, value):
    if isinstance(value, numbers.Real):
        return float(value)
    raise ValueError(f"{name!r} is a number in this model, and {value!r} is none")
