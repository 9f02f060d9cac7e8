package dev.braid.jobs.sql;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.data.Target;
import dev.braid.router.Learner;
import dev.braid.router.Member;
import dev.braid.router.Prediction;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.PredictFunction;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * Predicts rows with a learner that stays as it is, until its image is another. Public for the code
 * that Flink generates.
 */
public final class FrozenModel extends PredictFunction {
  private static final long serialVersionUID = 1L;

  private static final String MAP = "MAP<STRING, DOUBLE>|MAP<VARCHAR(2147483647), DOUBLE>";

  /** What can be asked for, and of what type it may be. */
  static final Map<String, String> OUTPUTS =
      Map.of(
          "predicted",
          "STRING|VARCHAR(2147483647)",
          "probability",
          "DOUBLE",
          "probabilities",
          MAP,
          "predicted_number",
          "DOUBLE",
          "interval_lower",
          "DOUBLE",
          "interval_upper",
          "DOUBLE",
          "weights",
          MAP);

  private static final Set<String> OF_CLASSES = Set.of("predicted", "probability", "probabilities");
  private static final Set<String> OF_NUMBERS =
      Set.of("predicted_number", "interval_lower", "interval_upper");

  private final ModelSource image;
  private final String[] names;
  private final LogicalType[] types;
  private final String[] outputs;

  private transient RowData.FieldGetter[] getters;
  private transient Prediction prediction;
  private transient Learner learner;
  private transient int[] at;
  private transient double[] x;

  FrozenModel(
      final ModelSource image,
      final String[] names,
      final LogicalType[] types,
      final String[] outputs) {
    this.image = image;
    this.names = names;
    this.types = types;
    this.outputs = outputs;
  }

  @Override
  public void open(final FunctionContext context) throws Exception {
    getters = new RowData.FieldGetter[names.length];
    for (int i = 0; i < names.length; i++) {
      getters[i] = RowData.createFieldGetter(types[i], i);
    }
    prediction = new Prediction();
    final Learner first = image.open();
    final String refusal = refusal(first.schema());
    if (refusal != null) {
      throw new IllegalArgumentException(refusal);
    }
    use(first);
  }

  @Override
  public void close() throws Exception {
    image.close();
  }

  /** Why a learner cannot predict these rows, or null if it can. */
  private String refusal(final Schema schema) {
    for (final String name : names) {
      if (schema.featureIndex(name) < 0) {
        return "The image has no feature '"
            + name
            + "'; it has "
            + String.join(", ", schema.features().stream().map(Feature::name).toList())
            + ".";
      }
    }
    final boolean ofNumber = schema.target() instanceof Target.Quantity;
    for (final String output : outputs) {
      if ((ofNumber ? OF_CLASSES : OF_NUMBERS).contains(output)) {
        return "The image has a model of "
            + (ofNumber ? "numbers" : "classes")
            + ", which has no output '"
            + output
            + "'.";
      }
    }
    return null;
  }

  private void use(final Learner other) {
    learner = other;
    at = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      at[i] = other.schema().featureIndex(names[i]);
    }
    x = new double[other.schema().featureCount()];
  }

  @Override
  public Collection<RowData> predict(final RowData row) {
    final Learner other = image.another();
    if (other != null) {
      final String refusal = refusal(other.schema());
      if (refusal == null) {
        use(other);
      } else {
        image.keep(refusal);
      }
    }
    read(row);
    learner.predict(x, prediction);
    final GenericRowData out = new GenericRowData(outputs.length);
    for (int o = 0; o < outputs.length; o++) {
      out.setField(o, output(outputs[o]));
    }
    return List.of(out);
  }

  /** What the learner does not know, and what is no number where it has one, counts as missing. */
  private void read(final RowData row) {
    Arrays.fill(x, Double.NaN);
    final Schema schema = learner.schema();
    for (int i = 0; i < names.length; i++) {
      final Object value = value(row, i);
      if (value == null) {
        continue;
      }
      if (schema.features().get(at[i]).isNominal()) {
        final int known = schema.valueIndex(at[i], Texts.nominal(value));
        x[at[i]] = known < 0 ? Double.NaN : known;
      } else {
        final double number = Texts.number(value);
        x[at[i]] = Double.isFinite(number) ? number : Double.NaN;
      }
    }
  }

  /**
   * Flink calls a model with columns of other types than its own where they can be cast, and leaves
   * the cast undone: a DECIMAL where the model has a DOUBLE. Such a row says itself what it holds.
   */
  private Object value(final RowData row, final int i) {
    return row instanceof GenericRowData generic
        ? generic.getField(i)
        : getters[i].getFieldOrNull(row);
  }

  private Object output(final String name) {
    return switch (name) {
      case "predicted" -> {
        final int label = prediction.label();
        yield label < 0 ? null : StringData.fromString(learner.schema().classes().get(label));
      }
      case "probability" ->
          prediction.label() < 0 ? null : prediction.probabilities()[prediction.label()];
      case "probabilities" -> map(learner.schema().classes(), prediction.probabilities());
      case "predicted_number" -> known(prediction.number());
      case "interval_lower" -> known(prediction.lower());
      case "interval_upper" -> known(prediction.upper());
      default -> map(learner.members().stream().map(Member::name).toList(), prediction.weights());
    };
  }

  private static Double known(final double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static GenericMapData map(final List<String> names, final double[] values) {
    final Map<StringData, Double> map = new HashMap<>(2 * values.length);
    for (int i = 0; i < values.length && i < names.size(); i++) {
      map.put(StringData.fromString(names.get(i)), values[i]);
    }
    return new GenericMapData(map);
  }

  /** Values of Flink's rows as features have them. */
  private static final class Texts {
    static double number(final Object value) {
      if (value instanceof Number number) {
        return number.doubleValue();
      }
      if (value instanceof DecimalData decimal) {
        return decimal.toBigDecimal().doubleValue();
      }
      try {
        return Double.parseDouble(value.toString().strip());
      } catch (final NumberFormatException none) {
        return Double.NaN;
      }
    }

    /** A whole number is the text without a fraction, as for a learner that meets it. */
    static String nominal(final Object value) {
      if (value instanceof StringData || value instanceof Boolean) {
        return value.toString();
      }
      final double number = number(value);
      final long whole = (long) number;
      return whole == number ? Long.toString(whole) : Double.toString(number);
    }
  }
}
