package dev.braid.connectors;

/**
 * How well a model predicts numbers. All is prequential: what was predicted before the label was
 * learned. NaN where it is not known yet.
 *
 * @param mae mean absolute error over all labelled events
 * @param rmse root of the mean squared error
 * @param r2 share of the targets' variance that is predicted, at most 1
 * @param coverage share of the intervals that held the label
 * @param windowMae mean absolute error over the labelled events of this interval
 * @param windowRmse root of the mean squared error over this interval
 * @param windowR2 share of the variance over this interval
 * @param windowCoverage share of the intervals over this interval
 */
public record NumberScores(
    double mae,
    double rmse,
    double r2,
    double coverage,
    double windowMae,
    double windowRmse,
    double windowR2,
    double windowCoverage) {}
