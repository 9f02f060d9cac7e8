package dev.braid.benchmarks.gpu;

import dev.braid.connectors.DeadLetter;
import dev.braid.connectors.Decoded;
import dev.braid.connectors.Event;
import dev.braid.connectors.Origin;
import dev.braid.connectors.format.DecoderOptions;
import dev.braid.connectors.format.RecordDecoder;
import dev.braid.connectors.format.RecordFormats;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.util.Collector;

/**
 * Makes events as Kafka would bring them, JSON of six digits a number, and decodes them as the job
 * does. The n-th event is the same each time.
 */
final class Generated implements FlatMapFunction<Long, Event> {
  private static final long serialVersionUID = 1L;

  /** Different rows; writing them is no part of what is measured. */
  private static final int ROWS = 512;

  private final int features;
  private final int classes;
  private final RecordDecoder decoder =
      RecordFormats.events("json", DecoderOptions.DEFAULT, Map.of());
  private transient byte[][] rows;

  Generated(final int features, final int classes) {
    this.features = features;
    this.classes = classes;
  }

  @Override
  public void flatMap(final Long number, final Collector<Event> out) {
    final byte[] bytes = record(number);
    final Decoded decoded =
        decoder.decode(new Origin("generated", 0, number, null, bytes), 1_000 + number);
    if (decoded instanceof Event event) {
      out.collect(event);
    } else if (decoded instanceof DeadLetter letter) {
      Received.refused(letter);
    }
  }

  private byte[] record(final long number) {
    if (rows == null) {
      rows = new byte[ROWS][];
    }
    final int row = (int) (number % ROWS);
    if (rows[row] == null) {
      rows[row] = row(row);
    }
    final byte[] head = ("{\"id\":\"" + number).getBytes(StandardCharsets.UTF_8);
    final byte[] record = new byte[head.length + rows[row].length];
    System.arraycopy(head, 0, record, 0, head.length);
    System.arraycopy(rows[row], 0, record, head.length, rows[row].length);
    return record;
  }

  private byte[] row(final int row) {
    final SplittableRandom random = new SplittableRandom(row);
    final StringBuilder text = new StringBuilder("\",\"features\":{");
    int positive = 0;
    for (int f = 0; f < features; f++) {
      final double value = random.nextDouble() * 2 - 1;
      positive += value > 0 ? 1 : 0;
      text.append(String.format(Locale.ROOT, "%s\"f%d\":%.6f", f == 0 ? "" : ",", f, value));
    }
    text.append("},\"label\":\"c").append(positive % classes).append("\"}");
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
