/** The presets of DriftMoE: a neural router over trees. */
package dev.braid.router.driftmoe;
