/** Detectors that watch a sequence of errors or losses and say when its mean has changed. */
package dev.braid.drift;
