/** Model trees: regression trees whose leaves hold linear models. */
package dev.braid.experts.tree.model;
