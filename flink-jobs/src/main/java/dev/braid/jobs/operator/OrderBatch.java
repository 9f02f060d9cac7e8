package dev.braid.jobs.operator;

import java.util.List;

/**
 * Orders of one model, one after the other.
 *
 * @param model its key
 * @param modelBytes most that it may take, where it was ordered
 */
public record OrderBatch(String model, long modelBytes, List<Order> orders) {}
