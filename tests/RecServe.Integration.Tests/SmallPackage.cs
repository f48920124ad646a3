using RecServe.Artifacts;

namespace RecServe.Integration.Tests;

/// <summary>A logistic regression that <c>recserve train</c> made of a few hundred rows, as version 1 of the model m in the folder models.</summary>
internal static class SmallPackage
{
    public static ModelPackage Train(TemporaryDirectory directory)
    {
        EveryFieldKindData.Write(directory, trainRows: 300, validRows: 60, testRows: 60);
        RecServeProcess.Run(0, "train", "--train", directory["train.csv"], "--valid", directory["valid.csv"], "--test", directory["test.csv"], "--schema", directory["schema.json"],
            "--model", "lr", "--set", "epochs=1", "--out", directory["models/m/1"]).Dispose();
        return PackageReader.Read(directory["models/m/1"]);
    }
}
