namespace RecServe.Embeddings;

/// <summary>Figures of a tier below process memory, medians over rounds.</summary>
/// <param name="NsPerRow">The tier, in nanoseconds a distinct key.</param>
/// <param name="PeerNsPerRow">FASTER one by one, or MGET.</param>
/// <param name="Ratio">Tier / peer: lower is better.</param>
/// <param name="Asked">Distinct keys asked for.</param>
/// <param name="Missing">Those that were not found; 0 unless rows are lost or answers came late.</param>
public sealed record LowerTierFigures(double NsPerRow, double PeerNsPerRow, double Ratio, long Asked, long Missing);
