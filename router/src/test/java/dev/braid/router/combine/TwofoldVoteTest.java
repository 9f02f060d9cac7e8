package dev.braid.router.combine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import org.junit.jupiter.api.Test;

/** How the experts' vote weighs them, with labels at once and late. */
class TwofoldVoteTest {
  private static final double[][] ASKED = {{0.9, 0.1}, {0.3, 0.7}};
  private static final double[][] ARRIVED = {{0.2, 0.8}, {0.9, 0.1}};

  /** The first expert is right when asked, the second when the label is there. */
  private static TwofoldVote afterLateLabels(final int labels) {
    final TwofoldVote vote = new TwofoldVote(2, 2);
    final double[][] both = new double[2][2];
    final double[] logits = new double[2];
    for (int i = 0; i < labels; i++) {
      vote.vote(ASKED, logits);
      vote.apart(both);
      vote.learnLate(both, 0);
      vote.vote(ARRIVED, logits);
      vote.learnArrived(0);
    }
    return vote;
  }

  @Test
  void withLabelsAtOnceItIsTheVoteByWhatTheExpertsSaid() {
    final TwofoldVote vote = new TwofoldVote(2, 2);
    final LogVote single = new LogVote(2, 0.1);
    final double[][] logs = new double[2][2];
    final double[] logits = new double[2];
    final double[] expected = new double[2];
    for (int i = 0; i < 100; i++) {
      LogVote.logs(ASKED, logs);
      single.vote(logs, expected);
      vote.vote(ASKED, logits);
      assertArrayEquals(expected, logits);
      single.learn(logs, i % 3 == 0 ? 1 : 0);
      vote.learn(i % 3 == 0 ? 1 : 0);
    }
  }

  @Test
  void anExpertThatWasRightWhenAskedOutweighsOneThatIsRightAfterwards() {
    final double[] weights = afterLateLabels(500).weights();
    assertTrue(weights[0] > 0.9, weights[0] + " and " + weights[1]);
  }

  @Test
  void theVoteByWhatExpertsSayOnArrivalIsKeptBesideTheOther() {
    final double[][] both = new double[2][2];
    final TwofoldVote vote = afterLateLabels(500);
    vote.vote(ASKED, new double[2]);
    vote.apart(both);
    assertTrue(both[0][0] > 0.8, "by what they said: " + both[0][0]);
    assertTrue(both[1][1] > 0.6, "by what they say on arrival: " + both[1][1]);
  }

  @Test
  void aVoteReadBackCastsTheSame() {
    final TwofoldVote vote = afterLateLabels(50);
    final ImageWriter out = new ImageWriter();
    vote.write(out);
    final TwofoldVote read = new TwofoldVote(2, 2);
    read.read(new ImageReader(out.toByteArray()));
    final double[] expected = new double[2];
    final double[] logits = new double[2];
    vote.vote(ARRIVED, expected);
    read.vote(ARRIVED, logits);
    assertArrayEquals(expected, logits);
  }

  @Test
  void moreClassesKeepTheExpertsWeights() {
    final TwofoldVote vote = afterLateLabels(50);
    assertArrayEquals(vote.weights().clone(), vote.grown(5).weights());
  }
}
