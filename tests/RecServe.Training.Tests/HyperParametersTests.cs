namespace RecServe.Training.Tests;

public sealed class HyperParametersTests
{
    [Fact]
    public void Set_changes_what_it_names()
    {
        TrainingOptions options = ModelDefaults.Of(ModelKind.DcnV2);
        foreach (string assignment in new[]
        {
            "batch_norm=false", "batch_size=128", "clip_norm=5", "cross_layers=2", "dense_l2=0.25", "dropout=0.5", "embedding_l2=0.125", "embedding_std=0.5",
            "epochs=7", "hidden=300x2,100", "learning_rate=0.5", "learning_rate_decay=0.25", "min_learning_rate=0.125", "patience=3",
        })
            options = HyperParameters.Set(options, assignment);

        Assert.Equal([300, 300, 100], options.Hidden);
        Assert.Equal(new TrainingOptions
        {
            Model = ModelKind.DcnV2, BatchNorm = false, BatchSize = 128, ClipNorm = 5, CrossLayers = 2, DenseL2 = 0.25f, Dropout = 0.5f, EmbeddingL2 = 0.125f,
            EmbeddingDeviation = 0.5f, Epochs = 7, Hidden = options.Hidden, LearningRate = 0.5f, LearningRateDecay = 0.25f, MinLearningRate = 0.125f, Patience = 3,
        }, options);
    }

    [Fact]
    public void Set_changes_what_it_names_of_models_with_experts()
    {
        TrainingOptions moe = ModelDefaults.Of(ModelKind.Moe), ple = ModelDefaults.Of(ModelKind.Ple);
        foreach (string assignment in new[]
        {
            "balance=0.5", "by_request=true", "capacity=0.25", "constants=3", "copies=2", "entropy=0.125", "expert_layers=2", "experts=6", "one_set=true", "top_k=4", "top_p=0.75", "tower=32,8", "zeros=5",
        })
            moe = HyperParameters.Set(moe, assignment);

        Assert.Equal((0.5f, 0.25f, 0.125f), (moe.Routing.Balance, moe.Routing.Capacity, moe.Routing.Entropy));
        Assert.Equal((true, true, 3, 2, 5, 2, 6), (moe.ByRequest, moe.OneSet, moe.Constants, moe.Copies, moe.Zeros, moe.ExpertLayers, moe.Experts));
        Assert.Equal((0, 0.75f), (moe.TopK, moe.TopP));
        Assert.Equal([32, 8], moe.Tower);
        Assert.Equal(4, HyperParameters.Set(moe, "top_k=4").TopK);
        Assert.Equal(7, HyperParameters.Set(ple, "task_experts=7").TaskExperts);
        moe = HyperParameters.Set(moe, "average_experts=1.5");
        Assert.Equal((0, 0.75f, 1.5f), (moe.TopK, moe.TopP, moe.AverageExperts));
        moe = HyperParameters.Set(moe, "top_k=3");
        Assert.Equal((3, 0f, 0f), (moe.TopK, moe.TopP, moe.AverageExperts));
        Assert.Equal((0, 0.4f), (HyperParameters.Set(moe, "average_experts=2").TopK, HyperParameters.Set(moe, "average_experts=2").TopP));
        Assert.Equal(2, HyperParameters.Set(ModelDefaults.Of(ModelKind.Mmoe), "top_k=2").TopK);
        Assert.Equal(14 + 15 + 2, HyperParameters.Names.Count);
    }

    [Theory]
    [InlineData(4, 32, "cross_experts=4")]
    [InlineData(4, 8, "cross_rank=8")]
    [InlineData(2, 8, "cross_experts=2", "cross_rank=8")]
    [InlineData(2, 8, "cross_rank=8", "cross_experts=2")]
    [InlineData(0, 0, "cross_experts=2", "cross_rank=0")]
    [InlineData(0, 0, "cross_rank=8", "cross_experts=0")]
    public void Set_of_low_rank_experts_gives_the_other_its_usual_value_or_turns_both_off(int experts, int rank, params string[] assignments)
    {
        TrainingOptions options = assignments.Aggregate(ModelDefaults.Of(ModelKind.DcnV2Stacked), HyperParameters.Set);

        Assert.Equal((experts, rank), (options.CrossExperts, options.CrossRank));
    }

    [Theory]
    [InlineData("dcnv2", "momentum=1", "there is no hyper-parameter 'momentum'; the hyper-parameters are average_experts, balance, batch_norm, batch_size, by_request, capacity, clip_norm, constants, copies, cross_experts, cross_layers, cross_rank, dense_l2, dropout, embedding_l2, embedding_std, entropy, epochs, expert_layers, experts, hidden, learning_rate, learning_rate_decay, min_learning_rate, one_set, patience, task_experts, top_k, top_p, tower, zeros")]
    [InlineData("dcnv2", "dropout", "'dropout' is not of the form key=value")]
    [InlineData("dcnv2", "dropout=1", "dropout must be a number from 0 to 0.999, not '1'")]
    [InlineData("dcnv2", "dropout=NaN", "dropout must be a number from 0 to 0.999, not 'NaN'")]
    [InlineData("dcnv2", "batch_size=0", "batch_size must be a whole number from 1 to 1000000, not '0'")]
    [InlineData("dcnv2", "batch_norm=yes", "batch_norm must be true or false, not 'yes'")]
    [InlineData("dcnv2", "hidden=400x", "hidden must be a whole number from 1 to 32, not ''")]
    [InlineData("dcnv2", "hidden=20x20,20x20", "hidden must be widths such as 400x3 or 400,200 of at most 32 layers, not '20x20,20x20'")]
    [InlineData("fm", "hidden=400", "hidden belongs to models with hidden layers; the model is fm")]
    [InlineData("dcnv2", "cross_experts=17", "cross_experts must be a whole number from 0 to 16, not '17'")]
    [InlineData("dcnv2", "cross_rank=-1", "cross_rank must be a whole number from 0 to 1048576, not '-1'")]
    [InlineData("mlp", "cross_experts=2", "cross_experts belongs to dcnv2 and dcnv2-stacked; the model is mlp")]
    [InlineData("mlp", "cross_rank=2", "cross_rank belongs to dcnv2 and dcnv2-stacked; the model is mlp")]
    [InlineData("mlp", "cross_layers=2", "cross_layers belongs to dcnv2 and dcnv2-stacked; the model is mlp")]
    public void Set_with_a_wrong_assignment_says_what_is_allowed(string model, string assignment, string message) =>
        Assert.Equal(message, Assert.Throws<TrainingException>(() => HyperParameters.Set(ModelDefaults.Of(ModelNames.Parse(model)), assignment)).Message);

    [Fact]
    public void Parse_of_an_unknown_model_lists_those_there_are() =>
        Assert.Equal("there is no model 'dnn'; the models are lr, fm, mlp, deepfm, dcnv2, dcnv2-stacked, mmoe, ple, moe",
            Assert.Throws<TrainingException>(() => ModelNames.Parse("dnn")).Message);
}
