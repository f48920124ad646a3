using RecServe.Training.Data;

namespace RecServe.Training.Networks;

/// <summary>
/// A model while it is trained: parameters, activations and gradients of one batch. Every sum is taken in an order that the batch size
/// decides, so one seed gives one result on any number of threads. After construction a step allocates nothing. Not thread-safe.
/// </summary>
public sealed partial class RankingNetwork
{
    private readonly ThreadTeam _team;
    private readonly int _width;
    private readonly RowBlocks _blocks;
    private readonly EmbeddingLayer _embeddings;
    private readonly ICrossNetwork? _cross;
    private readonly HiddenLayer[] _hidden;
    private readonly DenseGradients _dense;
    private readonly ParameterRange? _headWeight;
    private readonly ParameterRange? _headBias;
    private readonly float[] _inputs, _linear, _logits;
    private readonly float[][] _pairSums;
    private readonly Action<int> _forwardInput, _forwardHidden, _backwardHidden, _evaluate, _scatter;
    private SampleBatch _batch;
    private int _layer;

    /// <summary>Makes a network with all parameters 0 (see <see cref="ParameterInitializer"/>).</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="dropout">Share of hidden units dropped in training.</param>
    /// <param name="batchSize">Most samples of a step.</param>
    /// <param name="train">Training samples: their look-ups weigh the default rows.</param>
    /// <param name="team">Threads that compute.</param>
    public RankingNetwork(NetworkShape shape, float dropout, int batchSize, Dataset train, ThreadTeam team)
    {
        Shape = shape;
        BatchSize = batchSize;
        Parameters = new ParameterStore(shape);
        _team = team;
        _blocks = new RowBlocks(batchSize);
        _embeddings = new EmbeddingLayer(shape, Parameters, train);
        _dense = new DenseGradients(Parameters, _blocks.Most);
        int width = _width = shape.InputWidth, widest = shape.Hidden.Count > 0 ? shape.Hidden.Max() : 0;
        if (shape.Stacked || shape.Parallel)
            _cross = shape.CrossMixture is null ? new CrossNetwork(Parameters, shape, batchSize) : new MixtureCrossNetwork(Parameters, shape, batchSize);
        _hidden = [.. shape.Hidden.Select((_, i) => new HiddenLayer(Parameters, $"mlp.{i}", shape.BatchNorm, dropout, batchSize, _blocks.Most))];
        _headWeight = shape.HeadWidth > 0 ? Parameters["head.weight"] : null;
        _headBias = shape.Tasks.Count == 0 ? Parameters["head.bias"] : null;
        _inputs = _cross?.Input ?? new float[batchSize * width];
        _linear = new float[batchSize];
        _logits = new float[batchSize];
        _pairSums = [.. Enumerable.Range(0, _blocks.Most).Select(_ => new float[shape.Pairs ? shape.Fields[0].Dim : 0])];
        _logitGradient = new float[batchSize];
        _inputGradient = new float[batchSize * width];
        _crossGradient = new float[_cross is null ? 0 : batchSize * width];
        (_gradient, _otherGradient) = (new float[batchSize * widest], new float[batchSize * widest]);
        _losses = new double[_blocks.Most];
        if (shape.Tasks.Count > 0)
        {
            Threshold = new RoutingThreshold((float)(shape.Sparse?.TopP ?? 0), shape.AverageExperts);
            _sparse = shape.Sparse is null ? null : new SparseNetwork(Parameters, shape, Threshold, _inputs, dropout, batchSize, _blocks.Most);
            _tasks = _sparse is null ? new ExpertNetwork(Parameters, shape, _inputs, dropout, batchSize, _blocks.Most) : _sparse;
            _taskScales = new double[shape.Tasks.Count];
        }

        (_forwardTasks, _backwardTasks) = (ForwardTasks, BackwardTasks);
        (_forwardInput, _forwardHidden, _backwardHidden) = (ForwardInput, ForwardHidden, BackwardHidden);
        (_evaluate, _scatter) = (_tasks is null ? EvaluateBlock : EvaluateTasks, field => _embeddings.Scatter(_batch, field, _inputGradient, _logitGradient));
    }

    /// <summary>Sizes.</summary>
    public NetworkShape Shape { get; }

    /// <summary>Most samples of a step.</summary>
    public int BatchSize { get; }

    /// <summary>Parameters and their gradients.</summary>
    public ParameterStore Parameters { get; }

    /// <summary>Running statistics of batch normalisation: for each layer the means, then the variances; empty without it.</summary>
    public IReadOnlyList<float[]> RunningStatistics =>
        [.. _hidden.SelectMany(h => h.Norm is null ? Array.Empty<float[]>() : [h.Norm.RunningMean, h.Norm.RunningVariance])];

    /// <summary>Logits of a data set in evaluation mode: running statistics, no dropout; unseen rows read the default row.</summary>
    /// <param name="data">The samples.</param>
    /// <param name="logits">One logit per sample; with several tasks those of the first task, then of the next.</param>
    public void Evaluate(Dataset data, Span<float> logits)
    {
        _embeddings.RefreshDefaults();
        _tasks?.Prepare(0);
        _networkRows = 0;
        foreach (HiddenLayer layer in _hidden)
            layer.Prepare(0, training: false);
        for (int start = 0; start < data.Samples; start += BatchSize)
        {
            _batch = new SampleBatch(data, null, start, Math.Min(BatchSize, data.Samples - start));
            _team.Run(_blocks.Of(_batch.Count), _evaluate);
            _networkRows += _sparse?.NetworkRows(_blocks.Of(_batch.Count)) ?? 0;
            for (int task = 0; task < Shape.Outputs; task++)
                (_tasks?.Logits[task] ?? _logits).AsSpan(0, _batch.Count).CopyTo(logits[((task * data.Samples) + start)..]);
        }
    }

    private float[] MlpInput => Shape.Stacked ? _cross!.Output : _inputs;

    private float[] InputOf(int layer) => layer == 0 ? MlpInput : _hidden[layer - 1].Output;

    private void EvaluateBlock(int block)
    {
        (int from, int to) = _blocks.Rows(block, _batch.Count);
        Gather(block, from, to);
        for (int l = 0; l < _hidden.Length; l++)
        {
            _hidden[l].ForwardLinear(InputOf(l), block, from, to, training: false);
            _hidden[l].ForwardActivate(from, to, training: false);
        }

        Head(from, to);
    }

    private void Gather(int block, int from, int to)
    {
        _embeddings.Gather(_batch, from, to, _inputs, _linear);
        if (Shape.Pairs)
        {
            for (int r = from; r < to; r++)
                _linear[r] += PairInteraction.Forward(_inputs.AsSpan(r * _width, _width), _pairSums[block]);
        }

        _cross?.Forward(from, to);
    }

    private void Head(int from, int to)
    {
        float bias = Parameters.Values[_headBias!.Offset];
        ReadOnlySpan<float> weight = _headWeight is null ? default : _headWeight.In(Parameters.Values);
        for (int r = from; r < to; r++)
        {
            float logit = bias + _linear[r];
            if (_headWeight is not null)
                logit += Dot(weight, r);
            _logits[r] = logit;
        }
    }
}
