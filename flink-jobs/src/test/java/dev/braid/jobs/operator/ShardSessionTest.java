package dev.braid.jobs.operator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.braid.data.Schema;
import dev.braid.router.Division;
import dev.braid.router.LearnerSpec;
import dev.braid.router.Shard;
import dev.braid.state.image.ImageKind;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.PackedParts;
import dev.braid.state.image.SavedParts;
import dev.braid.state.keyed.PartTable;
import java.util.Arrays;
import java.util.Map;
import moa.classifiers.FailingClassifier;
import org.junit.jupiter.api.Test;

/** What each expert of a shard says around an event at which one of a model's experts fails. */
class ShardSessionTest {
  private static final Schema SCHEMA = Schema.numeric(2, 2);

  private static final Division DIVISION =
      Division.of(
          new LearnerSpec(
              "braid", 1, Map.of("experts", FailingClassifier.EXPERT + "+naive-bayes*2")),
          SCHEMA.target(),
          2);

  private static final int EVENTS = 40;

  /** The event at which an expert fails. */
  private static final int POISON = 25;

  /** The events that were learned when the shard was saved. */
  private static final int SAVED = 10;

  private static double[] x(final int event) {
    return new double[] {
      event == POISON ? FailingClassifier.FAILS_TO_LEARN : event * 7 % 10, event * 3 % 8
    };
  }

  private static double target(final int event) {
    return event * 7 % 10 > 4 ? 1 : 0;
  }

  private static TaskBatch batch(final int from, final int to) {
    final double[] x = new double[2 * (to - from)];
    final double[] targets = new double[to - from];
    final byte[] kinds = new byte[to - from];
    Arrays.fill(kinds, (byte) TaskBatch.LEARN);
    for (int i = from; i < to; i++) {
      System.arraycopy(x(i), 0, x, 2 * (i - from), 2);
      targets[i - from] = target(i);
    }
    final boolean fresh = from == 0;
    final ImageWriter schema = new ImageWriter();
    SCHEMA.write(schema);
    return new TaskBatch(
        "", false, fresh, fresh ? schema.toByteArray() : null, 2, to - from, kinds, x, targets);
  }

  private static ShardSession session(final int shard) {
    return new ShardSession(shard + ".0:m", DIVISION, new PartTable(), null);
  }

  private static boolean fails(final int shard) {
    return DIVISION.openShard(shard, SCHEMA).members().stream()
        .anyMatch(member -> member.kind().equals("moa"));
  }

  /** The shard that has the expert which fails, or the other one. */
  private static int shard(final boolean fails) {
    return fails(0) == fails ? 0 : 1;
  }

  /** What the experts of a shard say of some events, each of which they learn. */
  private static double[] said(final Shard shard, final int from, final int to) {
    final int width = SCHEMA.target().width();
    final double[] rows = new double[(to - from) * shard.places().length * width];
    int at = 0;
    for (int i = from; i < to; i++) {
      shard.ask(x(i));
      for (int e = 0; e < shard.places().length; e++) {
        System.arraycopy(shard.prediction(e), 0, rows, at, width);
        at += width;
      }
      shard.learn(x(i), target(i), 1);
    }
    return rows;
  }

  /** Rows of an answer to all events, from one of them on up to another. */
  private static double[] rows(final AnswerBatch answer, final int from, final int to) {
    final int each = answer.places().length * answer.width();
    return Arrays.copyOfRange(answer.rows(), from * each, to * each);
  }

  @Test
  void theExpertsOfOtherShardsLearnTheEvent() throws Exception {
    final int shard = shard(false);
    final AnswerBatch answer =
        session(shard)
            .answer(
                batch(0, EVENTS),
                () -> {
                  throw new AssertionError("nothing fails here");
                });
    assertNull(answer.failures());
    assertArrayEquals(said(DIVISION.openShard(shard, SCHEMA), 0, EVENTS), answer.rows());
  }

  @Test
  void thoseOfItsOwnShardBeginAnewWhereNothingWasSaved() throws Exception {
    final int shard = shard(true);
    final ShardSession session = session(shard);
    final AnswerBatch answer =
        session.answer(batch(0, EVENTS), () -> session.restore(new PartTable(), null));
    assertOnlyThePoisonFailed(answer);
    final Shard before = DIVISION.openShard(shard, SCHEMA);
    assertArrayEquals(said(before, 0, POISON), rows(answer, 0, POISON));
    final Shard after = DIVISION.openShard(shard, SCHEMA);
    assertArrayEquals(said(after, POISON + 1, EVENTS), rows(answer, POISON + 1, EVENTS));
  }

  @Test
  void elseTheyGoOnAsTheyWereSavedLast() throws Exception {
    final int shard = shard(true);
    final ShardSession session = session(shard);
    session.answer(
        batch(0, SAVED),
        () -> {
          throw new AssertionError("nothing fails here");
        });
    final SavedParts saved = saved(session);
    final AnswerBatch answer =
        session.answer(batch(SAVED, EVENTS), () -> session.restore(new PartTable(), saved));
    final Shard after = DIVISION.readShard(shard, saved);
    assertArrayEquals(
        said(after, POISON + 1, EVENTS), rows(answer, POISON + 1 - SAVED, EVENTS - SAVED));
    assertEquals("cannot bear -0.5", answer.failures()[POISON - SAVED]);
  }

  private static SavedParts saved(final ShardSession session) {
    final ImageWriter out = new ImageWriter(1 << 12).begin(ImageKind.LEARNER);
    PackedParts.write(session.parts(), Integer.MAX_VALUE, out);
    final ImageReader in = new ImageReader(out.toByteArray());
    in.begin(ImageKind.LEARNER);
    return PackedParts.read(in);
  }

  private static void assertOnlyThePoisonFailed(final AnswerBatch answer) {
    for (int i = 0; i < EVENTS; i++) {
      assertEquals(i == POISON ? "cannot bear -0.5" : null, answer.failures()[i]);
    }
  }
}
