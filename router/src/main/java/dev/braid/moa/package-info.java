/** Braid inside MOA: its learners as a MOA classifier. Needs MOA (GPLv3) on the class path. */
package dev.braid.moa;
