package dev.braid.connectors.format;

import dev.braid.connectors.PredictionRecord;
import dev.braid.spec.Option;
import dev.braid.spec.Options;
import java.util.List;

/**
 * JSON: one object per record. Id and key are a text or a number; the label is a text, a number or
 * true/false, taken as text exactly as it is written, so that {@code 1} and {@code 1.0} are two
 * classes. The features are an object, or all fields that are none of these: numbers are numeric
 * values, texts and true/false texts, null is a missing value, and what lies nested is a feature
 * under its path.
 */
public final class JsonFormat implements RecordFormat {
  /** As it is written in a configuration. */
  public static final String NAME = "json";

  /** A format without state; {@link RecordFormats} finds it. */
  public JsonFormat() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "One JSON object per record, in UTF-8: the features are an object in it, or, where it has"
        + " none of that name, all of its fields that are not id, key, time or label. What is nested"
        + " becomes features `a.b` and `a[0]`.";
  }

  @Override
  public List<Option> options() {
    return List.of(Ignored.OPTION);
  }

  @Override
  public RecordReader reader(final FormatSettings settings) {
    return new JsonReader(Ignored.of(settings.options()));
  }

  @Override
  public RecordWriter writer(final FormatSettings settings) {
    return new JsonWriter(settings.decoding().fields());
  }

  @Override
  public RecordEncoder<PredictionRecord> predictions(
      final FieldNames fields, final Options options, final int maxBytes) {
    return JsonRecords.predictions(fields, maxBytes);
  }
}
