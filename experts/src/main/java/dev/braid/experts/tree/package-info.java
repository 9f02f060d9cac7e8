/**
 * Decision trees that learn from a stream, over flat arrays.
 *
 * <p>{@link dev.braid.experts.tree.HoeffdingTree} is the VFDT of P. Domingos and G. Hulten (Mining
 * High-Speed Data Streams, KDD 2000) with naive Bayes leaves, decision for decision as MOA 2024.07
 * builds it. Nodes, class counts and sufficient statistics lie in a few growable arrays; a leaf's
 * statistics are one slot of a page.
 */
package dev.braid.experts.tree;
