package dev.braid.router.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import org.junit.jupiter.api.Test;

/** How the log-linear pool weighs its members, with labels at once and late. */
class TwofoldPoolTest {
  private static final double[] ASKED = {0.9, 0.1, 0.3, 0.7};
  private static final double[] ARRIVED = {0.2, 0.8, 0.9, 0.1};

  /** With labels at once; 0.1 once one came late. */
  private static final double TOLERANCE = 0.025;

  private static TwofoldPool<LogOpinionPool> open(final int classes) {
    return LogOpinionPool.twofold(2, classes, TOLERANCE, LogOpinionPool.MEMORY);
  }

  private static double[] combined(
      final TwofoldPool<LogOpinionPool> pool, final double[] predictions) {
    final double[] logits = new double[2];
    pool.take(predictions, null);
    pool.combine(logits);
    return logits;
  }

  /** The first member is right when asked, the second when the label is there. */
  private static TwofoldPool<LogOpinionPool> afterLateLabels(final int labels) {
    final TwofoldPool<LogOpinionPool> pool = open(2);
    final double[] kept = new double[4];
    for (int i = 0; i < labels; i++) {
      combined(pool, ASKED);
      pool.keep(kept, 0);
      pool.learnAsked(kept, 0, 0, 1);
      combined(pool, ARRIVED);
      pool.learnArrived(0, 1);
    }
    return pool;
  }

  @Test
  void withLabelsAtOnceItIsThePoolByWhatTheMembersPredicted() {
    final TwofoldPool<LogOpinionPool> pool = open(2);
    final LogOpinionPool single = new LogOpinionPool(2, TOLERANCE, LogOpinionPool.MEMORY);
    final double[] logs = new double[4];
    final double[] expected = new double[2];
    for (int i = 0; i < 100; i++) {
      single.count(ASKED, 0, 2, logs);
      single.combine(logs, expected);
      assertArrayEquals(expected, combined(pool, ASKED));
      single.learn(logs, i % 3 == 0 ? 1 : 0, 1);
      pool.learn(i % 3 == 0 ? 1 : 0, 1);
    }
  }

  @Test
  void aMemberThatWasRightWhenAskedOutweighsOneThatIsRightAfterwards() {
    final double[] weights = afterLateLabels(500).weights();
    assertTrue(weights[0] > 0.9, weights[0] + " and " + weights[1]);
  }

  @Test
  void onceALabelCameLateTheBestMemberIsTrustedLess() {
    final TwofoldPool<LogOpinionPool> pool = open(2);
    for (int i = 0; i < 50; i++) {
      combined(pool, ASKED);
      pool.learn(0, 1);
    }
    final double atOnce = pool.weights()[0];
    combined(pool, ASKED);
    pool.learnAsked(new double[4], 0, 0, 1);
    final double late = pool.weights()[0];
    assertTrue(0.5 < late && late < atOnce, late + " after " + atOnce);
  }

  @Test
  void thePoolByWhatMembersPredictOnArrivalIsKeptBesideTheOther() {
    final double[] both = new double[4];
    final TwofoldPool<LogOpinionPool> pool = afterLateLabels(500);
    combined(pool, ASKED);
    pool.keep(both, 0);
    assertTrue(both[0] > 0.8, "by what they predicted: " + both[0]);
    assertTrue(both[3] > 0.6, "by what they predict on arrival: " + both[3]);
  }

  @Test
  void aPoolReadBackCombinesTheSame() {
    final TwofoldPool<LogOpinionPool> pool = afterLateLabels(50);
    final ImageWriter out = new ImageWriter();
    pool.write(out);
    final TwofoldPool<LogOpinionPool> read = open(2);
    read.read(new ImageReader(out.toByteArray()));
    assertArrayEquals(combined(pool, ARRIVED), combined(read, ARRIVED));
  }

  @Test
  void askingForTheWeightsChangesNoPrediction() {
    final TwofoldPool<LogOpinionPool> pool = afterLateLabels(50);
    final double[] before = combined(pool, ASKED);
    pool.weights();
    pool.weights();
    assertArrayEquals(before, combined(pool, ASKED));
  }

  @Test
  void moreClassesKeepTheMembersWeights() {
    final TwofoldPool<LogOpinionPool> pool = afterLateLabels(50);
    final double[] before = pool.weights().clone();
    pool.grow(5);
    assertArrayEquals(before, pool.weights());
  }

  @Test
  void anEventOfTwiceTheWeightMovesTheLossesTwiceAsFar() {
    final TwofoldPool<LogOpinionPool> once = open(2);
    final TwofoldPool<LogOpinionPool> twice = open(2);
    combined(once, ASKED);
    combined(twice, ASKED);
    once.learn(0, 1);
    twice.learn(0, 2);
    assertTrue(twice.weights()[0] > once.weights()[0]);
  }
}
