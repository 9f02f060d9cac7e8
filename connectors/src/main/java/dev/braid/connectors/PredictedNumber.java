package dev.braid.connectors;

import java.util.List;

/**
 * What is predicted where the target is a number. NaN stands for what is not known yet.
 *
 * @param value the number
 * @param lower end of the interval
 * @param upper end of the interval
 * @param levels of the quantiles that were asked for beside the interval, each between 0 and 1
 * @param quantiles one per level
 */
public record PredictedNumber(
    double value, double lower, double upper, List<Double> levels, List<Double> quantiles) {}
