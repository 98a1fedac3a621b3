namespace Souk.Simulation;

/// <summary>Something that must always hold did not; the message names seed and step, which replay it.</summary>
public sealed class SimulationFailedException(int seed, int step, string what, Exception? inner = null)
    : Exception($"Seed {seed}, step {step}: {what}", inner);
