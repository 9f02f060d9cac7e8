package dev.braid.router;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.braid.data.Feature;
import dev.braid.data.Schema;
import dev.braid.state.image.ImageReader;
import dev.braid.state.image.ImageWriter;
import dev.braid.state.image.PackedParts;
import dev.braid.state.image.Part;
import dev.braid.state.image.SavedParts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A learner in pieces says what the whole one says, to the last bit. */
class DivisionTest {
  private static final LearnerSpec BRAID = LearnerSpec.of("braid", 5);

  /** The pieces, worked one after the other. */
  private static final class Pieces implements Tasks, Answers {
    final Division division;
    Learner intake;
    final List<Shard> shards = new ArrayList<>();
    Learner combined;
    private final Deque<double[][]> answers = new ArrayDeque<>();
    private final Map<Integer, List<PoolEvent.Kind>> changes = new HashMap<>();

    Pieces(final Division division, final Schema schema) {
      this.division = division;
      intake = division.openIntake(schema, this);
      combined = division.openCombined(schema, this);
    }

    @Override
    public void open(final Schema first) {
      for (int s = 0; s < division.shards(); s++) {
        shards.add(division.openShard(s, first));
      }
    }

    @Override
    public void grow(final Schema larger) {
      shards.forEach(shard -> shard.grow(larger));
    }

    @Override
    public void ask(final double[] x) {
      final double[][] rows = new double[division.members().size()][];
      for (final Shard shard : shards) {
        shard.ask(x);
        for (int e = 0; e < shard.places().length; e++) {
          rows[shard.places()[e]] = shard.prediction(e).clone();
        }
      }
      answers.add(rows);
    }

    @Override
    public void learn(final double[] x, final double target, final double weight) {
      ask(x);
      for (final Shard shard : shards) {
        shard.learn(x, target, weight);
        for (int e = 0; e < shard.places().length; e++) {
          changes.put(shard.places()[e], shard.drainChanges(e));
        }
      }
    }

    @Override
    public void next(final Combination to) {
      final double[][] rows = answers.remove();
      for (int e = 0; e < rows.length; e++) {
        to.set(e, rows[e]);
      }
    }

    @Override
    public long sizeBytes() {
      return shards.stream().mapToLong(Shard::sizeBytes).sum();
    }

    @Override
    public List<PoolEvent.Kind> drainChanges(final int expert) {
      final List<PoolEvent.Kind> its = changes.remove(expert);
      return its == null ? List.of() : its;
    }

    void saveAndRead() {
      intake = division.readIntake(saved(intake.parts()), this);
      for (int s = 0; s < shards.size(); s++) {
        shards.set(s, division.readShard(s, saved(shards.get(s).parts())));
      }
      combined = division.readCombined(saved(combined.parts()), this);
    }

    Learner together() {
      return Division.whole(
          saved(combined.parts()), shards.stream().map(shard -> saved(shard.parts())).toList());
    }

    private static SavedParts saved(final List<Part> parts) {
      final ImageWriter out = new ImageWriter();
      PackedParts.write(parts, Integer.MAX_VALUE, out);
      return PackedParts.read(new ImageReader(out.toByteArray()));
    }
  }

  private static Schema grown(final Schema schema) {
    return schema.withFeature(Feature.nominal("late", "a", "b")).withClass("third");
  }

  private static void sameAsWhole(final int shards, final boolean late) {
    sameAsWhole(BRAID, shards, late, 400, false);
  }

  /**
   * @param hints whether all features say the same of the label, and for the first 5,200 events are
   *     wrong of one of each three
   * @return what happened to experts
   */
  private static Set<PoolEvent.Kind> sameAsWhole(
      final LearnerSpec spec,
      final int shards,
      final boolean late,
      final int events,
      final boolean hints) {
    final Set<PoolEvent.Kind> kinds = EnumSet.noneOf(PoolEvent.Kind.class);
    Schema schema = Schema.numeric(4, 2);
    final Learner whole = Presets.open(spec, schema);
    final Pieces pieces = new Pieces(Division.of(spec, schema.target(), shards), schema);
    assertEquals(whole.members(), pieces.division.members());
    final SplittableRandom random = new SplittableRandom(3);
    int wrongAt = -1;
    final Prediction expected = new Prediction();
    final Prediction out = new Prediction();
    final Prediction unused = new Prediction();
    for (int i = 0; i < events; i++) {
      if (i == 150) {
        schema = grown(schema);
        whole.grow(schema);
        pieces.intake.grow(schema);
        pieces.combined.grow(schema);
      }
      final double[] x = new double[schema.featureCount()];
      final int said = hints ? random.nextInt(2) : 0;
      final double scale = hints ? 0.2 : i % 97 == 5 ? 1e6 : 1;
      for (int f = 0; f < x.length; f++) {
        x[f] = f < 4 ? said + random.nextDouble() * scale : random.nextInt(2);
      }
      wrongAt = hints && i < 5_200 && i % 3 == 0 ? i + random.nextInt(3) : wrongAt;
      final boolean wrong = i == wrongAt;
      final boolean first = x[0] + x[1] > 1;
      final double target = first == wrong ? 0 : 1;
      if (late) {
        whole.predict(x, expected);
        pieces.intake.predict(x, unused);
        pieces.combined.predict(x, out);
        final Prediction then = new Prediction();
        // Of some events nothing was kept.
        then.setMemberPredictions(i % 3 == 0 ? new double[0] : expected.memberPredictions());
        whole.learn(x, target, then);
        pieces.intake.learn(x, target, then);
        pieces.combined.learn(x, target, then);
      } else {
        whole.testThenTrain(x, target, expected);
        pieces.intake.testThenTrain(x, target, unused);
        pieces.combined.testThenTrain(x, target, out);
      }
      assertArrayEquals(expected.probabilities(), out.probabilities());
      assertArrayEquals(expected.quantiles(), out.quantiles());
      assertArrayEquals(expected.weights(), out.weights());
      assertArrayEquals(expected.memberPredictions(), out.memberPredictions());
      final List<PoolEvent> changes = whole.drainPoolEvents();
      assertEquals(changes, pieces.combined.drainPoolEvents());
      changes.forEach(change -> kinds.add(change.kind()));
      if (i % (events / 4) == 50) {
        assertEquals(whole.sizeBytes(), pieces.combined.sizeBytes());
        pieces.saveAndRead();
      }
    }
    assertGoOnAlike(whole, pieces.together());
    return kinds;
  }

  private static void assertGoOnAlike(final Learner one, final Learner other) {
    final SplittableRandom random = new SplittableRandom(4);
    final Prediction expected = new Prediction();
    final Prediction out = new Prediction();
    for (int i = 0; i < 60; i++) {
      final double[] x = new double[one.schema().featureCount()];
      Arrays.setAll(x, f -> f < 4 ? random.nextDouble() : random.nextInt(2));
      one.testThenTrain(x, i % 3, expected);
      other.testThenTrain(x, i % 3, out);
      assertArrayEquals(expected.probabilities(), out.probabilities());
      assertArrayEquals(expected.memberPredictions(), out.memberPredictions());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void saysWhatTheWholeLearnerSays(final int shards) {
    sameAsWhole(shards, false);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void learnsFromLateLabelsAsTheWholeLearnerDoes(final int shards) {
    sameAsWhole(shards, true);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void expertsRestAndAreWokenAsInTheWholeLearner(final boolean late) {
    final LearnerSpec spec =
        LearnerSpec.parse(
            "braid(experts=adaptive-tree(leaf-prediction=naive-bayes,grace-period=1000000)*2"
                + "+boosted-trees(work=200)+naive-bayes+last-label)",
            2);
    final Set<PoolEvent.Kind> kinds = sameAsWhole(spec, 2, late, 7_400, true);
    assertTrue(kinds.contains(PoolEvent.Kind.RESTED), kinds::toString);
    assertTrue(kinds.contains(PoolEvent.Kind.WOKEN), kinds::toString);
  }

  @Test
  void everyExpertIsInOneShardAndCostsAreSpread() {
    final LearnerSpec trees =
        LearnerSpec.parse("braid(experts=adaptive-tree(subspace=leaf)*64)", 1);
    final Division division = Division.of(trees, Schema.numeric(3, 2).target(), 3);
    final Schema schema = Schema.numeric(3, 2);
    final List<Integer> all = new ArrayList<>();
    for (int s = 0; s < 3; s++) {
      final int[] places = division.openShard(s, schema).places();
      assertTrue(places.length >= 20 && places.length <= 23, "" + places.length);
      for (final int place : places) {
        all.add(place);
      }
    }
    assertEquals(64, all.stream().distinct().count());
    assertEquals(64, all.size());
  }

  @Test
  void moreShardsThanGroupsAreRefused() {
    final LearnerSpec two = LearnerSpec.parse("braid(experts=knn+last-label)", 1);
    assertEquals(
        "a pool of 2 groups of experts cannot be divided into 3 shards",
        assertThrows(
                IllegalArgumentException.class,
                () -> Division.of(two, Schema.numeric(3, 2).target(), 3))
            .getMessage());
  }
}
