package dev.braid.jobs.serve;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import dev.braid.connectors.PredictionRecord;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.FieldNames;
import dev.braid.connectors.format.JsonFormat;
import dev.braid.connectors.format.JsonRecords;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.format.RecordEncoder;
import dev.braid.connectors.format.RecordFormats;
import dev.braid.state.image.MalformedImageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Answers rows: one JSON object, or an array of them, each an event as the job reads it from Kafka.
 * Thread-safe.
 */
final class Predictor {
  /** Rows of one request. */
  static final int MOST_ROWS = 10_000;

  private static final String PLACE = "row";

  private final ServedModels models;
  private final Predicate<String> leftOut;
  private final ThreadLocal<RecordDecoder> decoders;
  private final RecordEncoder<PredictionRecord> encoder;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /**
   * @param leftOut whether there is such a model, but no room for it
   * @param fields what they are called
   * @param most bytes of a body
   */
  Predictor(
      final ServedModels models,
      final Predicate<String> leftOut,
      final FieldNames fields,
      final int most) {
    this.models = models;
    this.leftOut = leftOut;
    final DecoderOptions options = DecoderOptions.DEFAULT;
    decoders =
        ThreadLocal.withInitial(
            () ->
                RecordFormats.events(
                    JsonFormat.NAME,
                    options
                        .withFields(fields)
                        .withDeriveId(true)
                        .withLimits(most, options.maxFeatures(), options.maxTextLength()),
                    Map.of()));
    encoder = JsonRecords.predictions(fields, Integer.MAX_VALUE);
  }

  /**
   * The answer to one row, if the model's is ready and quick.
   *
   * @return null where it may take longer
   */
  Answer answerAtOnce(final byte[] body) {
    return Json.isArray(body) ? null : row(body, 0, true);
  }

  Answer answer(final byte[] body) {
    if (!Json.isArray(body)) {
      return row(body, 0, false);
    }
    final List<byte[]> elements;
    try {
      elements = Json.elements(body, MOST_ROWS);
    } catch (final IOException malformed) {
      return Answer.error(400, "the body is no array of rows: " + firstLine(malformed));
    }
    final ByteArrayOutputStream all = new ByteArrayOutputStream(256 * (elements.size() + 1));
    all.write('[');
    for (int i = 0; i < elements.size(); i++) {
      if (i > 0) {
        all.write(',');
      }
      all.writeBytes(row(elements.get(i), i, false).body());
    }
    all.write(']');
    return Answer.json(200, all.toByteArray());
  }

  private static String firstLine(final IOException malformed) {
    return String.valueOf(malformed.getMessage()).lines().findFirst().orElse("");
  }

  private Answer row(final byte[] body, final int index, final boolean atOnce) {
    final Answer answer = answer(body, index, atOnce);
    if (answer != null) {
      rows.incrementAndGet();
      if (answer.status() != 200) {
        refused.incrementAndGet();
      }
    }
    return answer;
  }

  private Answer answer(final byte[] body, final int index, final boolean atOnce) {
    final Decoded decoded =
        decoders.get().decode(new Origin(PLACE, 0, index, null, body), System.currentTimeMillis());
    if (!(decoded instanceof Event event)) {
      return Answer.error(
          400, decoded instanceof DeadLetter letter ? letter.reason() : "the row is no event");
    }
    try {
      final String key = event.key();
      final PredictionRecord prediction =
          atOnce
              ? models.askAtOnce(key, model -> model.predict(event, key))
              : models.ask(key, model -> model.predict(event, key));
      if (prediction == null) {
        return atOnce ? null : missing(key);
      }
      return Answer.json(200, encoder.encode(prediction));
    } catch (final MalformedImageException unreadable) {
      return Answer.error(500, "model '" + event.key() + "': " + unreadable.getMessage());
    } catch (final IllegalArgumentException unfit) {
      return Answer.error(400, unfit.getMessage());
    }
  }

  /** The answer where no such model is served. */
  Answer missing(final String key) {
    return leftOut.test(key)
        ? Answer.error(503, "model '" + key + "' is too large for this replica's --model-memory")
        : Answer.error(404, "there is no model '" + key + "'");
  }

  /** Rows so far. */
  long rows() {
    return rows.get();
  }

  /** Rows that were not predicted. */
  long refused() {
    return refused.get();
  }
}
