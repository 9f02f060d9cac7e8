/**
 * Braid in Flink's SQL: the function {@code BRAID}, which learns, and models of the provider {@code
 * braid}, which predict with what was learned elsewhere.
 */
package dev.braid.jobs.sql;
