package io.residual.benchmark.rounds;

import org.jspecify.annotations.Nullable;

/**
 * What else the machine did while a process ran.
 *
 * @param otherShare share of the time of all cores that went to other processes, or from a virtual machine to its host's
 *     others; absent if the system does not report it
 * @param knownWorkSeconds median time of a fixed piece of work that a thread beside the process did now and then
 */
public record Background(@Nullable Double otherShare, double knownWorkSeconds) {}
