using RecServe.Artifacts;
using RecServe.Training.Data;
using RecServe.Training.Tests.Evaluation;
using RecServe.Training.Tests.Networks;
using RecServe.Training.Tests.Synthetic;

namespace RecServe.Training.Tests;

public sealed class TrainerTests
{
    [Theory]
    [InlineData("fm")]
    [InlineData("dcnv2")]
    public void Train_with_one_seed_gives_packages_equal_to_the_byte_on_any_number_of_threads(string model)
    {
        TrainingData data = SmallData.Data(700, 300, 200, 6);
        Dictionary<string, byte[]> Package(int threads) => Files(Trainer.Train(data, SmallOptions.Of(model) with { Epochs = 3, Threads = threads }).Package);

        Dictionary<string, byte[]> first = Package(2);

        foreach (Dictionary<string, byte[]> other in new[] { Package(2), Package(1), Package(5) })
        {
            Assert.Equal(first.Keys.Order(), other.Keys.Order());
            Assert.All(first, file => Assert.Equal(file.Value, other[file.Key]));
        }
    }

    [Fact]
    public void Train_with_another_seed_or_option_has_another_lineage()
    {
        TrainingData data = SmallData.Data(200, 100, 100, 4);
        TrainingOptions options = SmallOptions.Of("lr") with { Epochs = 1 };
        string Lineage(TrainingOptions changed) => Trainer.Train(data, changed).Package.Lineage;

        string[] lineages = [Lineage(options), Lineage(options with { Seed = 6 }), Lineage(options with { EmbeddingL2 = 0 })];

        Assert.Equal(3, lineages.Distinct().Count());
        Assert.All(lineages, lineage => Assert.Matches("^[0-9a-f]{32}$", lineage));
    }

    [Theory]
    [InlineData("fm")]
    [InlineData("mlp")]
    [InlineData("dcnv2")]
    public void Train_finds_what_was_planted(string model)
    {
        var market = new PlantedMarket([50, 60, 9, 4], seed: 3, strength: 2);
        TrainingData data = market.Draw(12_000, 3_000, 3_000, 6);
        TrainingOptions options = ModelDefaults.Of(ModelNames.Parse(model));
        options = options with
        {
            Hidden = options.Hidden.Count > 0 ? [32, 32] : [], EmbeddingL2 = 1e-4f, BatchSize = 256, LearningRate = 0.005f,
            Epochs = 25, Threads = 2, Seed = 1,
        };

        TrainedModel trained = Trainer.Train(data, options);

        Assert.InRange(trained.Test.Auc, market.BestAuc(data.Test) - 0.05, 1);
        Assert.InRange(trained.Test.CalibrationError, 0, 0.06);
        Assert.Equal(trained.Epochs.Max(e => e.ValidAuc), trained.Valid.Auc, 1e-9);
        Assert.Equal(trained.Epochs[trained.BestEpoch - 1].ValidAuc, trained.Valid.Auc, 1e-9);
    }

    [Fact]
    public void Train_cancelled_in_a_later_epoch_packages_the_best_one_so_far()
    {
        TrainingData data = SmallData.Data(700, 300, 200, 6);
        using var stop = new CancellationTokenSource();
        var progress = new Told(step =>
        {
            if (step.Epoch == 3)
                stop.Cancel();
        });

        TrainedModel trained = Trainer.Train(data, SmallOptions.Of("fm") with { Patience = 100 }, progress, stop.Token);

        Assert.True(trained.Interrupted);
        Assert.Equal(2, trained.Epochs.Count);
        Assert.Equal(trained.Epochs.Max(e => e.ValidAuc), trained.Valid.Auc, 1e-9);
    }

    [Fact]
    public void Train_cancelled_in_the_first_epoch_packages_the_state_as_it_is()
    {
        TrainingData data = SmallData.Data(700, 300, 200, 6);
        using var stop = new CancellationTokenSource();

        TrainedModel trained = Trainer.Train(data, SmallOptions.Of("fm"), new Told(_ => stop.Cancel()), stop.Token);

        Assert.True(trained.Interrupted);
        Assert.Empty(trained.Epochs);
        Assert.Equal(0, trained.BestEpoch);
    }

    [Fact]
    public void Train_whose_loss_explodes_says_in_which_epoch()
    {
        TrainingData data = SmallData.Data(700, 300, 200, 6);

        var error = Assert.Throws<TrainingException>(() => Trainer.Train(data, SmallOptions.Of("fm") with { LearningRate = 1e30f }));

        Assert.Matches("epoch 1.*learning_rate", error.Message);
    }

    [Fact]
    public void Train_without_both_labels_in_validation_is_refused()
    {
        TrainingData data = SmallData.Data(50, 20, 20, 4);
        data = data with { Valid = data.Valid with { Labels = new float[20] } };

        var error = Assert.Throws<TrainingException>(() => Trainer.Train(data, SmallOptions.Of("lr")));

        Assert.Equal("all 20 validation samples have label 0: its AUC, which chooses the best epoch, is not defined", error.Message);
    }

    [Fact]
    public void Package_holds_the_training_record_and_metrics()
    {
        TrainingData data = SmallData.Data(700, 300, 200, 6);

        TrainedModel trained = Trainer.Train(data, SmallOptions.Of("dcnv2-stacked") with { Epochs = 2 });

        ModelPackage package = trained.Package;
        Assert.Equal(("dcnv2", "stacked", 4), (package.Architecture.Kind, package.Architecture.Structure, package.Architecture.CrossLayers));
        Assert.Equal(5ul, package.Training!.Value.GetProperty("seed").GetUInt64());
        Assert.Equal(700, package.Training.Value.GetProperty("rows").GetProperty("train").GetInt32());
        Assert.Equal("dcnv2-stacked", package.Training.Value.GetProperty("options").GetProperty("model").GetString());
        Assert.Equal(trained.Test.Auc, package.Metrics["test_auc"]);
        Assert.Equal(trained.Parameters, package.Metrics["parameters"]);
        Assert.Equal((0.25f, 2f), (package.Fields[2].Mean, package.Fields[2].Deviation));
        Assert.All(package.Tables, table => Assert.Equal(table.Width, table.Mean.Length));
    }

    private static Dictionary<string, byte[]> Files(ModelPackage package)
    {
        string directory = Path.Combine(Path.GetTempPath(), $"recserve-trainer-{Guid.NewGuid():N}");
        try
        {
            PackageWriter.Write(package, directory);
            return Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(directory, file), File.ReadAllBytes);
        }
        finally
        {
            if (Directory.Exists(directory))
                Directory.Delete(directory, recursive: true);
        }
    }

    private sealed class Told(Action<TrainingProgress> then) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => then(value);
    }
}
