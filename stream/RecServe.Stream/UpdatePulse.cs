namespace RecServe.Stream;

/// <summary>What every ranking tells of the corridor.</summary>
/// <param name="Staleness">As <see cref="UpdateSnapshot.Staleness"/>.</param>
/// <param name="State">As <see cref="UpdateSnapshot.State"/>.</param>
/// <param name="Messages">Messages that were applied or quarantined since the start: whether anything has changed.</param>
public readonly record struct UpdatePulse(TimeSpan Staleness, string State, long Messages);
