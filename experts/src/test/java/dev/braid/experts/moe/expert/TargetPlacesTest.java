package dev.braid.experts.moe.expert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPlacesTest {
  private static final int DRAWS = 1000;

  @ParameterizedTest
  @ValueSource(doubles = {-10, -3.3, -0.01, 0, 0.5, 0.9, 2.25, 9.99, 10})
  void onTheMeanOfItsDrawsANumberIsItself(final double deviations) {
    final float[] drawn = new float[TargetPlaces.COUNT];
    for (int d = 0; d < DRAWS; d++) {
      drawn[TargetPlaces.classOf(deviations, (d + 0.5) / DRAWS)] += 1;
    }
    assertEquals(deviations, TargetPlaces.mean(drawn), 0.002);
  }

  @Test
  void noMoreThanTwoPlacesShareANumberAndTheyLieBesideIt() {
    for (double deviations = -9.9; deviations < 9.9; deviations += 0.037) {
      final int least = TargetPlaces.classOf(deviations, Math.nextDown(1.0));
      final int most = TargetPlaces.classOf(deviations, 0);
      assertTrue(most - least == 1 || most == least, deviations + ": " + least + " to " + most);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1e30, -11, 11, 1e30})
  void aNumberFarOutsideCountsAsTheOutermostPlace(final double deviations) {
    assertEquals(
        deviations < 0 ? 0 : TargetPlaces.COUNT - 1, TargetPlaces.classOf(deviations, 0.5));
  }

  @Test
  void aLayerThatSaysNothingPredictsTheMean() {
    assertEquals(0, TargetPlaces.mean(new float[TargetPlaces.COUNT]));
  }
}
