using RecServe.Compression.Networks;
using RecServe.Training.Networks;

namespace RecServe.Compression.Gates;

/// <summary>
/// Every field's rows times its gate under the forward pass. A pooled vector is linear in the rows, so the gate's gradient is the inner product of
/// the table with its gradient: no other part of the network knows of gates.
/// </summary>
internal sealed class GatedRows : IForwardRows
{
    // One batch's gradient of a gate is mostly noise: none may carry a gate from open to closed.
    private const double LongestStep = 0.3;
    private GateOptions _options;
    private readonly ParameterRange[] _tables;
    private readonly float[] _master;
    private readonly double[] _x, _gates, _slopes, _gradients;
    private readonly int _steps;
    private int _step;

    public GatedRows(PackageNetwork network, GateOptions options, int steps)
    {
        _options = options;
        _steps = Math.Max(1, steps);
        _tables = [.. network.Network.Shape.Fields.Select(field => network.Network.Parameters[$"table.{field.Name}"])];
        _master = new float[network.Network.Parameters.TablesEnd];
        _x = new double[_tables.Length];
        Array.Fill(_x, 1);
        (_gates, _slopes, _gradients) = (new double[_x.Length], new double[_x.Length], new double[_x.Length]);
        Refresh();
    }

    /// <summary>The gates as they are.</summary>
    public ReadOnlySpan<double> Gates => _gates;

    /// <summary>The fields' scalars.</summary>
    public ReadOnlySpan<double> Scalars => _x;

    /// <summary>
    /// ε now: as it was for the first half of the run, where the loss and the penalty settle what stays (the slope of a gate is at most about 2 there), then
    /// falling. Falling from the start lets noise stay: the slope grows as 0.65/√ε, and with it whatever a field gains by memorising.
    /// </summary>
    public double Epsilon => _options.Epsilon * Math.Pow(_options.EpsilonDecay, Math.Max(0, (2.0 * _step / _steps) - 1));

    public void Enter(ParameterStore parameters)
    {
        parameters.Values.AsSpan(0, _master.Length).CopyTo(_master);
        for (int f = 0; f < _tables.Length; f++)
        {
            foreach (ref float value in _tables[f].In(parameters.Values))
                value *= (float)_gates[f];
        }
    }

    public void Leave(ParameterStore parameters)
    {
        _master.CopyTo(parameters.Values, 0);
        for (int f = 0; f < _tables.Length; f++)
        {
            ReadOnlySpan<float> rows = _tables[f].In(parameters.Values);
            Span<float> gradients = _tables[f].In(parameters.Gradients);
            double gradient = 0;
            for (int i = 0; i < rows.Length; i++)
            {
                gradient += (double)rows[i] * gradients[i];
                gradients[i] *= (float)_gates[f];
            }

            _gradients[f] = gradient;
        }
    }

    public void Stepped(ParameterStore parameters, double learningRate)
    {
        // A step is to stay small beside the width √ε of a gate while its slope grows as 1/√ε.
        double rate = _options.Speed / (_options.Lambda * _steps) * Epsilon / _options.Epsilon;
        for (int f = 0; f < _x.Length; f++)
            _x[f] = GateFunction.SoftThreshold(_x[f] - Math.Clamp(rate * _gradients[f] * _slopes[f], -LongestStep, LongestStep), rate * _options.Lambda);
        _step++;
        if (_step == _steps / 2)
            Settle();
        Refresh();
    }

    /// <summary>
    /// Half way: a gate below one half has lost against the penalty and walks about 0 by the noise of batches. It closes for good, and the term that
    /// would open it again goes.
    /// </summary>
    private void Settle()
    {
        for (int f = 0; f < _x.Length; f++)
        {
            if (Math.Abs(_gates[f]) < 0.5)
                _x[f] = 0;
        }

        _options = _options with { Alpha = 0 };
    }

    private void Refresh()
    {
        for (int f = 0; f < _x.Length; f++)
            (_gates[f], _slopes[f]) = GateFunction.At(_options, _x[f], Epsilon);
    }
}
