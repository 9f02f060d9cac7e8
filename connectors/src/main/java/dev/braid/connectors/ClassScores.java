package dev.braid.connectors;

import java.util.List;

/**
 * How well a model predicts classes. All is prequential: what was predicted before the label was
 * learned. NaN where it is not known yet.
 *
 * @param accuracy over all labelled events, 0 to 1
 * @param kappa Cohen's kappa, at most 1
 * @param kappaM gain over always predicting the majority class (Bifet et al. 2015), at most 1
 * @param kappaT gain over predicting each time the label before, at most 1
 * @param logLoss mean of minus the natural logarithm of the probability that the label was given, 0
 *     or more
 * @param brier mean squared distance of the probabilities from the truth, summed over the classes,
 *     0 to 2
 * @param calibrationError by how much the probability of the most probable class misses the share
 *     of events that are of it, within 15 bins, 0 to 1
 * @param windowAccuracy accuracy over the labelled events of this interval, 0 to 1
 * @param windowKappa Cohen's kappa over this interval; classes beyond the confusion matrix count as
 *     one
 * @param windowLogLoss log loss over this interval
 * @param confusionClasses the classes that the confusion matrix has a row for, in their order
 * @param confusion labelled events since the model began, flat: row by label, column by prediction.
 *     One more row and column where the model has more classes than that: all the others
 */
public record ClassScores(
    double accuracy,
    double kappa,
    double kappaM,
    double kappaT,
    double logLoss,
    double brier,
    double calibrationError,
    double windowAccuracy,
    double windowKappa,
    double windowLogLoss,
    List<String> confusionClasses,
    List<Long> confusion) {}
