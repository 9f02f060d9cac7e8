/**
 * How the outputs of a row's experts become one. A new way is a record with its word, and one entry
 * in {@link dev.braid.experts.moe.combine.Combines}.
 */
package dev.braid.experts.moe.combine;
