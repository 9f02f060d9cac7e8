/** The benchmark of many models: one small learner per key, far more state than heap. */
package dev.braid.benchmarks.models;
