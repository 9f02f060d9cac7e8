/**
 * How kinds of things are named and chosen by text: {@code adaptive-tree(subspace=leaf)*3}. One
 * grammar and one sort of registry for detectors, experts, combiners, presets, the words of the
 * dense layer and record formats.
 */
package dev.braid.spec;
