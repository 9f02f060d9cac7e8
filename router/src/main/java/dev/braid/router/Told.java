package dev.braid.router;

/** What a learner was told in one call. */
sealed interface Told {

  /**
   * The schema had grown.
   *
   * @param sizes of the schema, as {@code SchemaPrefix} has them
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Growth(int[] sizes) implements Told {}

  /**
   * It goes on under another specification from here on.
   *
   * @param before the one until then
   */
  record Respecified(LearnerSpec before) implements Told {}

  /** Its pool events were handed out. */
  record Drained() implements Told {}

  /**
   * An event was learned.
   *
   * @param x its values, shape [features known then]
   * @param then what was said of it when it was predicted, or null if its label came at once
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Event(double[] x, double target, double weight, Then then) implements Told {}

  /**
   * What was said of an event whose label came late.
   *
   * @param recollection as {@link Prediction#recollection}, empty where nothing more is known
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Then(double number, double[] recollection, double[] memberPredictions) {

    static Then of(final Prediction prediction) {
      return new Then(
          prediction.number(),
          prediction.quantiles().length < 2 ? new double[0] : prediction.recollection(),
          prediction.memberPredictions().clone());
    }

    Prediction prediction() {
      final Prediction prediction = new Prediction();
      prediction.recall(number, recollection);
      prediction.setMemberPredictions(memberPredictions);
      return prediction;
    }

    /** Numbers that it holds. */
    int numbers() {
      return 1 + recollection.length + memberPredictions.length;
    }
  }
}
