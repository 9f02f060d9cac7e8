/**
 * The bridge to MOA (GPLv3, optional): any MOA classifier as an expert, any MOA stream as a source.
 * Nothing outside this package needs MOA on the class path unless it is asked for by name.
 */
package dev.braid.experts.moa;
