using RecServe.Training.Data;
using RecServe.Training.Export;
using RecServe.Training.Metrics;
using RecServe.Training.Networks;

namespace RecServe.Training;

/// <summary>One run of <see cref="Trainer"/>: epochs, validation, best state.</summary>
internal sealed class TrainingRun
{
    // Separate streams of one seed: drawing more of one must not shift another.
    private const ulong InitialWeights = 1, SampleOrder = 2, DropoutMasks = 3;

    private readonly TrainingData _data;
    private readonly TrainingOptions _options;
    private readonly EpochClock _clock;
    private readonly RankingNetwork _network;
    private readonly AdamOptimizer _optimizer;
    private readonly PlateauSchedule _schedule;
    private readonly SeededRandom _shuffle;
    private readonly int[] _order;
    private readonly float[] _validLogits;
    private readonly List<EpochResult> _epochs = [];
    private NetworkSnapshot? _best;

    public TrainingRun(TrainingData data, TrainingOptions options, ThreadTeam team, EpochClock clock)
    {
        _data = data;
        _options = options with { BatchSize = Math.Min(options.BatchSize, data.Train.Samples) };
        _clock = clock;
        var fields = data.Encoders.Select((encoder, i) => (encoder.Field.Name, data.Vocabularies[i].Keys.Length, encoder.Field.Dim)).ToList();
        _network = new RankingNetwork(NetworkShape.Of(options, fields, data.Schema.Tasks, data.UserInputs), options.Dropout, _options.BatchSize, data.Train, team);
        ParameterInitializer.Draw(_network.Parameters, options.EmbeddingDeviation, new SeededRandom(Stream(InitialWeights)));
        _optimizer = new AdamOptimizer(_network.Parameters, options, team);
        _schedule = new PlateauSchedule(options);
        _shuffle = new SeededRandom(Stream(SampleOrder));
        _order = new int[data.Train.Samples];
        for (int i = 0; i < _order.Length; i++)
            _order[i] = i;
        _validLogits = new float[data.Valid.Samples * _network.Shape.Outputs];
    }

    /// <summary>Trains, then measures and packages the best state.</summary>
    public TrainedModel Execute(CancellationToken cancellation)
    {
        int best = 0;
        bool finished = true;
        while (finished && _epochs.Count < _options.Epochs && !_schedule.Ended)
        {
            double? loss = TrainEpoch(cancellation);
            finished = loss is not null;
            if (loss is not null && Validate(loss.Value))
                best = _epochs.Count;
        }

        _best?.Restore(_network);
        double? experts = _network.FitThreshold(_data.Valid);
        TaskMetrics[] valid = Evaluate(_data.Valid), test = Evaluate(_data.Test);
        EvaluationMetrics ofValid = TaskMetrics.Mean(valid), ofTest = TaskMetrics.Mean(test);
        IReadOnlyDictionary<string, double> metrics = PackageMetrics.Of(valid, test, _network.Shape.Parameters, _epochs.Count, best, experts);
        return new TrainedModel(PackageExport.Create(_data, _options, _network, metrics), ofValid, ofTest, _network.Shape.Parameters, _epochs, best, !finished)
        {
            Tasks = test.Length > 1 ? test : [],
            ValidTasks = valid.Length > 1 ? valid : [],
        };
    }

    /// <summary>One pass over the training samples in a new order; gives the mean loss, or null where it was cancelled.</summary>
    private double? TrainEpoch(CancellationToken cancellation)
    {
        int samples = _order.Length, epoch = _epochs.Count + 1;
        _clock.Begin(new TrainingProgress(epoch, _options.Epochs, 0, samples, 0, TimeSpan.Zero, _schedule.LearningRate,
            _epochs.Count > 0 ? _epochs[^1].ValidAuc : null, _schedule.Best));
        _shuffle.Shuffle(_order);
        double loss = 0;
        for (int start = 0; start < samples; start += _options.BatchSize)
        {
            if (cancellation.IsCancellationRequested)
                return null;
            var batch = new SampleBatch(_data.Train, _order, start, Math.Min(_options.BatchSize, samples - start));
            double step = _network.Step(batch, SeededRandom.Mix(Stream(DropoutMasks) + (ulong)_optimizer.Steps));
            double norm = _optimizer.Step(_schedule.LearningRate);
            if (!double.IsFinite(step) || !double.IsFinite(norm))
                throw new TrainingException(FormattableString.Invariant($"the loss is no longer a finite number in epoch {epoch} after {start + batch.Count:N0} samples; a learning_rate below {(float)_schedule.LearningRate} may help"));
            loss += step * batch.Count;
            _clock.Advance(start + batch.Count);
        }

        return loss / samples;
    }

    private bool Validate(double loss)
    {
        double learningRate = _schedule.LearningRate;
        _network.Evaluate(_data.Valid, _validLogits);
        EvaluationMetrics valid = TaskMetrics.Mean(TaskMetrics.Of(_network.Shape.Tasks, _data.Valid, _validLogits));
        (double auc, double logLoss) = (valid.Auc, valid.LogLoss);
        if (double.IsNaN(auc))
            throw new TrainingException($"the model's scores are not finite numbers after epoch {_epochs.Count + 1}; a smaller learning_rate may help");
        _epochs.Add(new EpochResult(_epochs.Count + 1, learningRate, loss, auc, logLoss, _clock.Seconds));
        bool better = _schedule.Add(auc);
        if (better)
            (_best ??= new NetworkSnapshot(_network)).Take(_network);
        return better;
    }

    private TaskMetrics[] Evaluate(Dataset data)
    {
        var logits = new float[data.Samples * _network.Shape.Outputs];
        _network.Evaluate(data, logits);
        return TaskMetrics.Of(_network.Shape.Tasks, data, logits);
    }

    private ulong Stream(ulong purpose) => SeededRandom.Mix(SeededRandom.Mix(_options.Seed) + purpose);
}
