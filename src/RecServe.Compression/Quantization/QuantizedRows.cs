using RecServe.Compression.Networks;
using RecServe.Kernels;
using RecServe.Training.Networks;

namespace RecServe.Compression.Quantization;

/// <summary>
/// Rows as a plan stores them, under the forward pass of training. With nearest rounding full-precision rows are kept beside and the gradient
/// passes straight through (fake quantization); with stochastic rounding there are none: the optimizer's step is rounded into the row itself.
/// </summary>
public sealed class QuantizedRows : IForwardRows
{
    private const int Chunk = 512;
    private readonly PackageNetwork _network;
    private readonly RowPlan _plan;
    private readonly RowRounding _rounding;
    private readonly ThreadTeam _team;
    private readonly float[] _master;
    private readonly (int Field, int From)[] _chunks;
    private readonly Action<int> _quantize;
    private readonly ulong _seed;
    private ulong _step;

    /// <summary>Makes them.</summary>
    /// <param name="network">The network whose parameters are passed to the other members.</param>
    /// <param name="plan">How rows are stored.</param>
    /// <param name="rounding">How.</param>
    /// <param name="team">Threads that quantize.</param>
    /// <param name="seed">Decides stochastic rounding.</param>
    public QuantizedRows(PackageNetwork network, RowPlan plan, RowRounding rounding, ThreadTeam team, ulong seed = 1)
    {
        (_network, _plan, _rounding, _team, _seed) = (network, plan, rounding, team, seed);
        _master = new float[network.Network.Parameters.TablesEnd];
        _chunks = [.. plan.Tables.SelectMany((rows, f) => Enumerable.Range(0, (rows.Length + Chunk - 1) / Chunk).Select(c => (f, c * Chunk)))];
        _quantize = Quantize;
    }

    /// <inheritdoc/>
    public void Enter(ParameterStore parameters)
    {
        parameters.Values.AsSpan(0, _master.Length).CopyTo(_master);
        if (_rounding == RowRounding.Stochastic && _step > 0)
            return;
        if (_rounding == RowRounding.Stochastic)
            _step = 1;
        _team.Run(_chunks.Length, _quantize);
        if (_rounding == RowRounding.Stochastic)
            parameters.Values.AsSpan(0, _master.Length).CopyTo(_master);
    }

    /// <inheritdoc/>
    public void Leave(ParameterStore parameters)
    {
        _master.CopyTo(parameters.Values, 0);
        for (int f = 0; f < _plan.Tables.Count; f++)
        {
            int width = _plan.Widths[f];
            Span<float> gradients = parameters.Gradients.AsSpan(parameters[$"table.{_network.Network.Shape.Fields[f].Name}"].Offset, (_plan.Tables[f].Length + 1) * width);
            for (int row = 0; row < _plan.Tables[f].Length; row++)
            {
                if (_plan.Tables[f][row] is not null || Fallback(_network, f, row) == row)
                    continue;
                Span<float> dropped = gradients.Slice(row * width, width);
                RowMath.Add(dropped, gradients.Slice(Fallback(_network, f, row) * width, width));
                dropped.Clear();
            }
        }
    }

    /// <inheritdoc/>
    public void Stepped(ParameterStore parameters, double learningRate)
    {
        if (_rounding != RowRounding.Stochastic)
            return;
        _step++;
        parameters.Values.AsSpan(0, _master.Length).CopyTo(_master);
        _team.Run(_chunks.Length, _quantize);
    }

    /// <summary>The row that a dropped row's key reads: the unknown row where there is one and the key is not that of a missing value, else the default row.</summary>
    public static int Fallback(PackageNetwork network, int field, int row)
    {
        int unknown = network.Vocabularies[field].UnknownRow;
        return unknown >= 0 && network.Vocabularies[field].Keys[row] != Features.RowKey.Missing ? unknown : network.Vocabularies[field].Keys.Length;
    }

    private void Quantize(int chunk)
    {
        (int field, int from) = _chunks[chunk];
        int width = _plan.Widths[field], to = Math.Min(from + Chunk, _plan.Tables[field].Length);
        int offset = _network.Network.Parameters[$"table.{_network.Network.Shape.Fields[field].Name}"].Offset;
        Span<float> values = _network.TableOf(field);
        for (int row = from; row < to; row++)
        {
            ReadOnlySpan<float> master = _master.AsSpan(offset + (row * width), width);
            Span<float> target = values.Slice(row * width, width);
            if (_plan.Tables[field][row] is not { } precision)
                _master.AsSpan(offset + (Fallback(_network, field, row) * width), width).CopyTo(target);
            else if (!RowEncoding.TryRoundTrip(precision, _rounding, master, target, _seed, ((_step << 32) + (ulong)row) ^ ((ulong)field << 58)))
                throw new CompressionException($"table '{_network.Network.Shape.Fields[field].Name}': row {row} has a number that {RowPrecisionNames.Of(precision)} cannot hold");
        }
    }
}
