package dev.braid.experts.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.braid.spec.Options;
import dev.braid.spec.Term;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option of a Hoeffding tree has a word, and says what it is named for. */
class TreeOptionsTest {
  private static final HoeffdingTreeOptions DEFAULTS = HoeffdingTreeOptions.DEFAULTS;

  private static HoeffdingTreeOptions chosen(final String arguments) {
    return TreeOptions.withRemoval(
        Options.of(
            "hoeffding-tree",
            TreeOptions.withRemoval(DEFAULTS),
            new Term("hoeffding-tree", arguments, 1)),
        1);
  }

  @Test
  void thoseOfMoaWhereNothingIsSaid() {
    assertEquals(DEFAULTS, chosen(""));
  }

  @Test
  void everyWordChangesItsOption() {
    final HoeffdingTreeOptions majority =
        DEFAULTS.withLeafPrediction(LeafPrediction.MAJORITY_CLASS);
    final HoeffdingTreeOptions bayes = DEFAULTS.withLeafPrediction(LeafPrediction.NAIVE_BAYES);
    assertEquals(DEFAULTS.withGracePeriod(50), chosen("grace-period=50"));
    assertEquals(DEFAULTS.withSplitConfidence(0.01), chosen("split-confidence=0.01"));
    assertEquals(DEFAULTS.withTieThreshold(0.1), chosen("tie-threshold=0.1"));
    assertEquals(DEFAULTS.withCriterion(SplitCriterion.GINI), chosen("split-criterion=gini"));
    assertEquals(
        bayes.withNaiveBayesThreshold(100),
        chosen("leaf-prediction=naive-bayes,naive-bayes-threshold=100"));
    assertEquals(
        majority.withRemovePoorFeatures(true),
        chosen("leaf-prediction=majority-class,remove-poor-features=true"));
    assertEquals(DEFAULTS.withBinarySplits(true), chosen("binary-splits=true"));
    assertEquals(DEFAULTS.withPrePruning(false), chosen("pre-pruning=false"));
    assertEquals(DEFAULTS.withMaxBytes(4096), chosen("max-bytes=4096"));
    assertEquals(DEFAULTS.withStopAtMaxBytes(true), chosen("stop-at-max-bytes=true"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "split-criterion=oak",
        "naive-bayes-threshold=100",
        "remove-poor-features=true",
        "leaf-prediction=naive-bayes,remove-poor-features=true"
      })
  void whatMakesNoSenseIsRefused(final String arguments) {
    final String option = arguments.replaceFirst(".*?([a-z-]+)=[^=]*$", "$1");
    final String message =
        assertThrows(IllegalArgumentException.class, () -> chosen(arguments)).getMessage();
    assertEquals("option '" + option + "' of hoeffding-tree", message.replaceFirst(" is '.*", ""));
  }
}
