package dev.braid.jobs.operator;

import dev.braid.connectors.LabelRecord;

/**
 * A label that came before its event.
 *
 * @param record as it was read, for a dead letter should its event never come
 * @param expiresAt when to stop waiting, in milliseconds of the job's clock
 */
public record PendingLabel(LabelRecord record, long expiresAt) {}
