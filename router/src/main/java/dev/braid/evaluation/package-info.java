/** Prequential measures: how well a learner predicts a stream that it learns from. */
package dev.braid.evaluation;
