package dev.braid.connectors.format;

import dev.braid.data.Feature;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What decoders accept.
 *
 * @param fields names of the fields
 * @param declared kinds of the features that are known beforehand; others are taken as they come
 * @param external models outside whose predictions events may bring, as features named as {@link
 *     dev.braid.experts.basic.ExternalPrediction} says
 * @param deriveId whether a record without an id gets the id {@code topic-partition-offset} instead
 *     of becoming a dead letter
 * @param maxRecordBytes longest record value in bytes
 * @param maxFeatures most features of one event
 * @param maxTextLength longest id, key, label, feature name and nominal value, in characters
 */
public record DecoderOptions(
    FieldNames fields,
    Map<String, Feature.Kind> declared,
    List<String> external,
    boolean deriveId,
    int maxRecordBytes,
    int maxFeatures,
    int maxTextLength)
    implements Serializable {

  /**
   * Default names, nothing declared, an id required, records up to 1 MiB with up to 10,000 features
   * and texts up to 256 characters.
   */
  public static final DecoderOptions DEFAULT =
      new DecoderOptions(FieldNames.DEFAULT, Map.of(), List.of(), false, 1 << 20, 10_000, 256);

  /**
   * @throws IllegalArgumentException if a limit is less than 1
   */
  public DecoderOptions {
    declared = Map.copyOf(declared);
    external = List.copyOf(external);
    if (maxRecordBytes < 1 || maxFeatures < 1 || maxTextLength < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1: maxRecordBytes "
              + maxRecordBytes
              + ", maxFeatures "
              + maxFeatures
              + ", maxTextLength "
              + maxTextLength);
    }
  }

  /** These options with other field names. */
  public DecoderOptions withFields(final FieldNames names) {
    return new DecoderOptions(
        names, declared, external, deriveId, maxRecordBytes, maxFeatures, maxTextLength);
  }

  /** These options with other declared features. */
  public DecoderOptions withDeclared(final Map<String, Feature.Kind> kinds) {
    return new DecoderOptions(
        fields, kinds, external, deriveId, maxRecordBytes, maxFeatures, maxTextLength);
  }

  /** These options with models outside whose predictions events may bring. */
  public DecoderOptions withExternal(final List<String> models) {
    return new DecoderOptions(
        fields, declared, models, deriveId, maxRecordBytes, maxFeatures, maxTextLength);
  }

  /** These options with ids derived from the record's place where it has none, or not. */
  public DecoderOptions withDeriveId(final boolean derive) {
    return new DecoderOptions(
        fields, declared, external, derive, maxRecordBytes, maxFeatures, maxTextLength);
  }

  /** These options with other limits. */
  public DecoderOptions withLimits(
      final int recordBytes, final int features, final int textLength) {
    return new DecoderOptions(
        fields, declared, external, deriveId, recordBytes, features, textLength);
  }
}
