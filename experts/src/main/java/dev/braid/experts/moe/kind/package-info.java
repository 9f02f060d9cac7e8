/**
 * What an expert of the layer can be. A new kind is a record with its word, and one entry in {@link
 * dev.braid.experts.moe.kind.Kinds}.
 */
package dev.braid.experts.moe.kind;
