using RecServe.Training.Networks;

namespace RecServe.Training;

/// <summary>A copy of everything that decides a network's scores; one is made a run and reused.</summary>
internal sealed class NetworkSnapshot
{
    private readonly float[] _values;
    private readonly float[][] _statistics;
    private float _threshold;

    /// <summary>Makes room for a network's state.</summary>
    public NetworkSnapshot(RankingNetwork network)
    {
        _values = new float[network.Parameters.Count];
        _statistics = [.. network.RunningStatistics.Select(s => new float[s.Length])];
    }

    /// <summary>Copies the state.</summary>
    public void Take(RankingNetwork network)
    {
        network.Parameters.Values.CopyTo(_values, 0);
        for (int i = 0; i < _statistics.Length; i++)
            network.RunningStatistics[i].CopyTo(_statistics[i], 0);
        _threshold = network.Threshold?.Value ?? 0;
    }

    /// <summary>Puts the state back.</summary>
    public void Restore(RankingNetwork network)
    {
        _values.CopyTo(network.Parameters.Values, 0);
        for (int i = 0; i < _statistics.Length; i++)
            _statistics[i].CopyTo(network.RunningStatistics[i], 0);
        if (network.Threshold is { } threshold)
            threshold.Value = _threshold;
    }
}
